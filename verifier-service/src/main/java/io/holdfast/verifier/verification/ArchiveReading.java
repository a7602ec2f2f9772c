package io.holdfast.verifier.verification;

import io.holdfast.events.FailureCategory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;

/**
 * Lets {@code pg_restore} read a whole archive and write the script that would restore it to nowhere. A mere
 * {@code --list} looks at the table of contents alone; this reads every block of data as well.
 *
 * @param limit how long it may take
 */
record ArchiveReading(Path program, Duration limit) {

    private static final System.Logger LOG = System.getLogger(ArchiveReading.class.getName());
    private static final int BUFFER = 128 * 1024;
    private static final int KEPT_OF_ERRORS = 2000;
    /** How pg_restore ends where it does not like what it reads; others come from the system, a wrapper, or a signal. */
    private static final int COMPLAINT = 1;

    private static final int SIGNALS = 128;

    /**
     * Reads an archive to its end.
     *
     * @param read hears how many bytes came
     * @return what pg_restore finds wrong with it; empty if nothing
     * @throws io.holdfast.repository.RepositoryException when the bytes cannot be had
     * @throws CannotCheckException when pg_restore does not come to a verdict: it cannot run, is killed, or takes too long
     */
    Optional<String> read(InputStream archive, LongConsumer read) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(program.toString(), "--format=custom", "--file=/dev/null")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(PostgresPrograms.environment());
        Process process = start(builder);
        try {
            Errors errors = new Errors(process.getErrorStream());
            AtomicBoolean tooLong = new AtomicBoolean();
            Thread watcher = Thread.ofVirtual().name("pg_restore-limit").start(() -> endAfterLimit(process, tooLong));
            feed(archive, process, read);
            int exitCode = process.waitFor();
            watcher.interrupt();
            String text = errors.text();
            if (tooLong.get()) {
                throw new CannotCheckException(
                        FailureCategory.TIMEOUT,
                        "pg_restore did not read a dump within " + limit + ".",
                        "Look for load on this host; allow more with holdfast.verifier.dump-timeout.",
                        null);
            }
            return switch (exitCode) {
                case 0 -> Optional.empty();
                case COMPLAINT -> Optional.of("pg_restore ended with " + exitCode + ": " + text);
                default -> throw noVerdict(exitCode, text);
            };
        } finally {
            process.destroyForcibly();
        }
    }

    private Process start(ProcessBuilder builder) throws CannotCheckException {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new CannotCheckException(
                    FailureCategory.TOOL_FAILED,
                    program + " cannot be started: " + e.getMessage() + ".",
                    "Look whether the installation is whole, and at this host's memory and processes.",
                    e);
        }
    }

    private CannotCheckException noVerdict(int exitCode, String text) {
        // The JDK tells a death by signal n as 128 + n.
        String how = exitCode > SIGNALS ? "was ended by signal " + (exitCode - SIGNALS) : "ended with " + exitCode;
        return new CannotCheckException(
                FailureCategory.TOOL_FAILED,
                program + " " + how + (text.isEmpty() ? "." : ": " + text),
                "The dump itself is not shown to be bad. Look for what ended the program, such as a lack of memory, and"
                        + " whether its installation is whole.",
                null);
    }

    private void endAfterLimit(Process process, AtomicBoolean tooLong) {
        try {
            if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                tooLong.set(true);
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            // It has ended, and this thread does so too.
            Thread.currentThread().interrupt();
        }
    }

    private static void feed(InputStream archive, Process process, LongConsumer read)
            throws IOException, InterruptedException {
        OutputStream to = process.getOutputStream();
        byte[] buffer = new byte[BUFFER];
        int length = archive.read(buffer);
        while (length >= 0 && isTaken(to, buffer, length)) {
            if (Thread.interrupted()) {
                throw new InterruptedException("while pg_restore reads a dump");
            }
            read.accept(length);
            length = archive.read(buffer);
        }
        close(to);
    }

    /** Not taken where the program ended before the archive did: its exit code and words tell whether that is well. */
    private static boolean isTaken(OutputStream to, byte[] bytes, int length) {
        try {
            to.write(bytes, 0, length);
            to.flush();
            return true;
        } catch (IOException pipeIsClosed) {
            return false;
        }
    }

    private static void close(OutputStream to) {
        try {
            to.close();
        } catch (IOException pipeIsClosed) {
            LOG.log(System.Logger.Level.DEBUG, "pg_restore ended before the archive did", pipeIsClosed);
        }
    }

    /** Reads what a program complains of, so that it never waits for us, and keeps the end. */
    private static final class Errors {
        private final Thread reader;
        private byte[] kept = new byte[0];

        Errors(InputStream from) {
            reader = Thread.ofVirtual().name("pg_restore-errors").start(() -> take(from));
        }

        private void take(InputStream from) {
            byte[] buffer = new byte[KEPT_OF_ERRORS];
            try {
                for (int length = from.read(buffer); length >= 0; length = from.read(buffer)) {
                    byte[] joined = Arrays.copyOf(kept, kept.length + length);
                    System.arraycopy(buffer, 0, joined, kept.length, length);
                    kept = Arrays.copyOfRange(joined, Math.max(0, joined.length - KEPT_OF_ERRORS), joined.length);
                }
            } catch (IOException e) {
                kept = ("its messages could not be read: " + e.getMessage()).getBytes(StandardCharsets.UTF_8);
            }
        }

        String text() throws InterruptedException {
            reader.join();
            return new String(kept, StandardCharsets.UTF_8)
                    .replaceAll("\\p{Cntrl}+", " ")
                    .strip();
        }
    }
}

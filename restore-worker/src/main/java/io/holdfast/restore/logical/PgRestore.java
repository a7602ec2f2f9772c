package io.holdfast.restore.logical;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.cluster.PostgresInstallation;
import io.holdfast.restore.cluster.Programs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs {@code pg_restore} on a dump that streams in. Arguments are a vector, the password is in a file that only we can
 * read, and the exit code is what counts. Thread safe.
 *
 * @see <a href="https://www.postgresql.org/docs/current/app-pgrestore.html">pg_restore</a>
 */
final class PgRestore {
    private static final int BUFFER = 256 << 10;

    private final PostgresInstallation installation;
    private final RestoreWatch watch;

    PgRestore(PostgresInstallation installation, RestoreWatch watch) {
        this.installation = installation;
        this.watch = watch;
    }

    /**
     * Hands the script of everything but data, line by line, to a taker. Reads no more of the dump than it has to.
     *
     * @param list the file that names the entries to take; absent: all
     */
    void script(InputStream dump, @Nullable Path list, Consumer<String> taker)
            throws RestoreException, InterruptedException, IOException {
        Process process = start(with(list, List.of("--schema-only", "--file=-")), null);
        Ending ending = new Ending(process);
        AtomicReference<@Nullable IOException> unreadable = new AtomicReference<>();
        Thread feeder = Thread.ofVirtual().name("pg_restore-script").start(() -> {
            try {
                feed(dump, process, done -> {});
            } catch (IOException e) {
                unreadable.set(e);
                process.destroy();
            }
        });
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            lines.lines().forEach(taker);
        } finally {
            ending.await();
            feeder.join();
        }
        IOException cause = unreadable.get();
        if (cause != null && process.exitValue() != 0) {
            throw cause;
        }
        ending.requireSuccess("reading the dump");
    }

    /**
     * Loads the dump into a database, all or nothing.
     *
     * @param list the file that names the entries to take; absent: all
     */
    void load(InputStream dump, @Nullable Path list, ServerAddress to, Path passwordFile, LongConsumer told)
            throws RestoreException, InterruptedException, IOException {
        Process process = start(
                with(list, List.of("--exit-on-error", "--single-transaction", "--no-password", "--dbname=" + to.uri())),
                passwordFile);
        Ending ending = new Ending(process);
        try {
            feed(dump, process, told);
        } catch (IOException unreadable) {
            process.destroy();
            throw unreadable;
        } finally {
            ending.await();
        }
        ending.requireSuccess("loading");
    }

    /** Loads a dump that lies in a file over several connections. When it fails, a part is there. */
    void loadInParts(Path dump, @Nullable Path list, int jobs, ServerAddress to, Path passwordFile)
            throws RestoreException, InterruptedException, IOException {
        Process process = start(
                with(
                        list,
                        List.of(
                                "--exit-on-error",
                                "--jobs=" + jobs,
                                "--no-password",
                                "--dbname=" + to.uri(),
                                dump.toString())),
                passwordFile);
        Ending ending = new Ending(process);
        try {
            process.getOutputStream().close();
            process.getInputStream().transferTo(OutputStream.nullOutputStream());
        } finally {
            ending.await();
        }
        ending.requireSuccess("loading");
    }

    private static List<String> with(@Nullable Path list, List<String> arguments) {
        List<String> all = new ArrayList<>();
        if (list != null) {
            all.add("--use-list=" + list);
        }
        all.addAll(arguments);
        return all;
    }

    private void feed(InputStream dump, Process process, LongConsumer told) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long done = 0;
        OutputStream in = process.getOutputStream();
        for (int n = dump.read(buffer); n >= 0; n = dump.read(buffer)) {
            try {
                in.write(buffer, 0, n);
            } catch (IOException ended) {
                // It has all it wanted, or failed: its exit code and its messages say which.
                return;
            }
            done += n;
            told.accept(done);
        }
        try {
            in.close();
        } catch (IOException ended) {
            process.destroy();
        }
    }

    private Process start(List<String> arguments, @Nullable Path passwordFile) throws RestoreException {
        List<String> command = new ArrayList<>();
        command.add(installation.program("pg_restore").toString());
        command.addAll(arguments);
        ProcessBuilder builder = Programs.builder(command);
        if (passwordFile != null) {
            builder.environment().put("PGPASSFILE", passwordFile.toString());
        }
        builder.environment().put("PGAPPNAME", ServerAddress.APPLICATION);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new RestoreException(
                    FailureCategory.TOOL_FAILED,
                    command.getFirst() + " cannot be started: " + e.getMessage() + ".",
                    "see that the installation is whole.",
                    e);
        }
    }

    /** Follows a process to its end: keeps the end of what it says, and ends it when the restore is to stop. */
    private final class Ending {
        private static final int MOST_LINES = 8;
        private static final int LONGEST_LINE = 300;

        private final Process process;
        private final List<String> said = new ArrayList<>();
        private final Thread listener;
        private final Thread guard;

        private Ending(Process process) {
            this.process = process;
            this.listener = Thread.ofVirtual().name("pg_restore-messages").start(this::listen);
            this.guard = Thread.ofVirtual().name("pg_restore-guard").start(this::guard);
        }

        private void listen() {
            try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    note(line);
                }
            } catch (IOException closed) {
                note(closed);
            }
        }

        private synchronized void note(String line) {
            // What it was doing may hold data or secrets; what went wrong is enough.
            if (line.startsWith("Command was:") || !line.startsWith("pg_restore:")) {
                return;
            }
            said.add(line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "…" : line);
            if (said.size() > MOST_LINES) {
                said.removeFirst();
            }
        }

        private void note(IOException e) {
            System.getLogger(PgRestore.class.getName()).log(System.Logger.Level.DEBUG, "pg_restore''s pipe", e);
        }

        private void guard() {
            try {
                while (!process.waitFor(200, TimeUnit.MILLISECONDS)) {
                    if (watch.stopRequested()) {
                        process.destroy();
                    }
                }
            } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
            }
        }

        private void await() throws InterruptedException {
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                process.destroy();
                throw e;
            } finally {
                guard.interrupt();
            }
            listener.join();
        }

        private synchronized void requireSuccess(String what) throws RestoreException, InterruptedException {
            watch.goOn();
            if (process.exitValue() != 0) {
                throw new RestoreException(
                        FailureCategory.TOOL_FAILED,
                        "pg_restore ended with exit code " + process.exitValue() + " while " + what + ": "
                                + String.join(" | ", said),
                        "its messages say what the server lacks; nothing of the dump was left behind.");
            }
        }
    }
}

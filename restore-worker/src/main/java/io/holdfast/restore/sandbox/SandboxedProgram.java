package io.holdfast.restore.sandbox;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.cluster.Programs;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program that need not be friendly to its end: it may leave others behind that hold its output open, and say more
 * than anybody wants to know.
 */
final class SandboxedProgram {
    private static final int MOST_OUTPUT = 1 << 20;
    /** For what was said before the end and is not read yet. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private SandboxedProgram() {}

    static Programs.Outcome run(List<String> command, Duration limit) throws RestoreException, InterruptedException {
        try {
            Process process = Programs.builder(command)
                    .redirectErrorStream(true)
                    .redirectInput(new File("/dev/null"))
                    .start();
            ByteArrayOutputStream said = new ByteArrayOutputStream();
            try (InputStream out = process.getInputStream()) {
                Thread reader = Thread.ofVirtual().start(() -> read(out, said));
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly();
                }
                int exitCode = process.waitFor();
                reader.join(LAST_WORDS);
                synchronized (said) {
                    return new Programs.Outcome(exitCode, said.toString(StandardCharsets.UTF_8));
                }
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new RestoreException(
                    FailureCategory.TOOL_FAILED,
                    command.getFirst() + " cannot be run: " + e.getMessage() + ".",
                    "util-linux has to be installed.",
                    e);
        }
    }

    private static void read(InputStream out, ByteArrayOutputStream said) {
        byte[] some = new byte[8192];
        try {
            for (int length = out.read(some); length >= 0; length = out.read(some)) {
                synchronized (said) {
                    said.write(some, 0, Math.min(length, MOST_OUTPUT - said.size()));
                }
            }
        } catch (IOException e) {
            // Nobody waits for more.
            Thread.currentThread().interrupt();
        }
    }
}

package io.holdfast.restore.cluster;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Runs short programs: argument vectors only, no shell, an environment of their own (the worker's may hold secrets), a
 * limit of time and of output. Thread safe.
 */
public final class Programs {
    private static final int MOST_OUTPUT = 1 << 20;

    /** What every program gets to see, and nothing else. */
    public static final Map<String, String> ENVIRONMENT =
            Map.of("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL", "C");

    /**
     * What a program did.
     *
     * @param output standard output and errors, at most 1 MiB
     */
    public record Outcome(int exitCode, String output) {}

    /** A process not yet started, with the bare environment. */
    public static ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(ENVIRONMENT);
        return builder;
    }

    /** Runs a program to its end. */
    public Outcome run(List<String> command, byte[] input, Duration limit)
            throws RestoreException, InterruptedException {
        try {
            Process process = builder(command).redirectErrorStream(true).start();
            Thread ender =
                    Thread.ofVirtual().name("limit-" + command.getFirst()).start(() -> endAfter(process, limit));
            try (var in = process.getOutputStream()) {
                in.write(input);
            } catch (IOException e) {
                // It did not want to read all of it; its exit code tells whether that is bad.
                process.getOutputStream().close();
            }
            String output;
            try (InputStream out = process.getInputStream()) {
                output = new String(out.readNBytes(MOST_OUTPUT), StandardCharsets.UTF_8);
            }
            int exitCode = process.waitFor();
            ender.interrupt();
            return new Outcome(exitCode, output);
        } catch (IOException e) {
            throw new RestoreException(
                    FailureCategory.TOOL_FAILED,
                    command.getFirst() + " cannot be run: " + e.getMessage(),
                    "see that it is installed and may be run by this user.",
                    e);
        }
    }

    /** The version that a PostgreSQL program says it has; empty if it says none. */
    public Optional<PostgresVersion> version(Path program) throws RestoreException, InterruptedException {
        Outcome outcome = run(List.of(program.toString(), "--version"), new byte[0], Duration.ofSeconds(20));
        return outcome.exitCode() == 0 ? PostgresVersion.ofPrinted(outcome.output()) : Optional.empty();
    }

    private static void endAfter(Process process, Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }
}

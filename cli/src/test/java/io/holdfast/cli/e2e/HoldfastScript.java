package io.holdfast.cli.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.output.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs {@code ./holdfast} as a user does, from another folder. Nothing is built: that was done before. */
final class HoldfastScript {
    private static final Path SCRIPT =
            Path.of("..", "holdfast").toAbsolutePath().normalize();

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>(Map.of("HOLDFAST_BUILD", "never"));

    /** @param folder where it is run and where its output is kept */
    HoldfastScript(Path folder) {
        this.folder = folder;
    }

    HoldfastScript with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** How a run ended. */
    record Ended(int exitCode, List<String> output, String errors) {
        /** The last line of standard output. */
        JsonNode json() throws IOException {
            if (output.isEmpty()) {
                throw new IOException("no output; errors:\n" + errors);
            }
            return Json.MAPPER.readTree(output.getLast());
        }
    }

    /** Starts a run that goes on by itself. */
    Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("HOLDFAST_"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Runs to the end; one that takes longer than the limit is killed, and an error. */
    Ended run(Duration limit, String... arguments) throws IOException, InterruptedException {
        Process process = start(arguments);
        try {
            if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException("holdfast " + String.join(" ", arguments) + " took longer than " + limit + ":\n"
                        + Files.readString(folder.resolve("err")));
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return new Ended(
                process.exitValue(),
                Files.readAllLines(folder.resolve("out"), StandardCharsets.UTF_8),
                Files.readString(folder.resolve("err"), StandardCharsets.UTF_8));
    }
}

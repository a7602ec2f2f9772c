package io.holdfast.cli.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.client.ControlPlane;
import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** A local instance for tests, started and used by the script. {@link #close} runs {@code down} and ends what a test added. */
final class RunningHoldfast {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final Path folder;
    private final Path data;
    private final HoldfastScript script;
    private final List<Process> added = new ArrayList<>();
    private JsonNode connection = Json.MAPPER.nullNode();

    private RunningHoldfast(Path folder, Map<String, String> environment) throws IOException {
        this.folder = Chain.open(folder);
        this.data = folder.resolve("instance");
        this.script = new HoldfastScript(folder);
        environment.forEach(script::with);
    }

    /** Starts an instance below a folder, with a configuration of these targets. */
    static RunningHoldfast start(Path folder, String configuration) throws IOException, InterruptedException {
        return start(folder, configuration, Map.of());
    }

    /** Starts an instance whose services see these variables too. */
    static RunningHoldfast start(Path folder, String configuration, Map<String, String> environment)
            throws IOException, InterruptedException {
        RunningHoldfast running = new RunningHoldfast(folder, environment);
        try {
            running.configure(configuration);
            running.up();
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            running.close();
            throw e;
        }
        return running;
    }

    /** Writes the configuration, which is taken over while everything runs. */
    void configure(String configuration) throws IOException {
        Files.writeString(folder.resolve("holdfast.yaml"), configuration);
    }

    /** Starts what does not run. */
    JsonNode up() throws IOException, InterruptedException {
        connection = ok("up", "--config", folder.resolve("holdfast.yaml").toString());
        return connection;
    }

    Path data() {
        return data;
    }

    Path repository() {
        return folder.resolve("repository");
    }

    String kafka() {
        return connection.path("kafka").asText();
    }

    /** Runs a command on this instance, with {@code --json}. */
    HoldfastScript.Ended run(String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--json", "--data", data.toString()));
        return script.run(LIMIT, all.toArray(String[]::new));
    }

    /** The result of a command that has to succeed. */
    JsonNode ok(String... arguments) throws IOException, InterruptedException {
        HoldfastScript.Ended ended = run(arguments);
        if (ended.exitCode() != 0) {
            throw new AssertionError("holdfast " + String.join(" ", arguments) + " ended with " + ended.exitCode()
                    + ": " + ended.output() + "\n" + ended.errors() + logs());
        }
        return ended.json();
    }

    /** A backup as the API tells it, without the detour over a script's start; missing while nobody answers. */
    JsonNode backup(String id) throws InterruptedException {
        try {
            return plane().backup(id);
        } catch (CommandFailure e) {
            return Json.MAPPER.missingNode();
        }
    }

    /** A restore as the API tells it; missing while nobody answers. */
    JsonNode restore(String id) throws InterruptedException {
        try {
            return plane().restore(id);
        } catch (CommandFailure e) {
            return Json.MAPPER.missingNode();
        }
    }

    private ControlPlane plane() {
        return new ControlPlane(
                URI.create(connection.path("url").asText()),
                connection.path("token").asText());
    }

    /** Opens the database that the services keep their state in. */
    Connection database() throws IOException, SQLException {
        int port = Json.MAPPER
                .readTree(data.resolve("settings.json").toFile())
                .path("ports")
                .path("database")
                .asInt();
        String password = Files.readString(data.resolve("secrets/database-password"));
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/holdfast", "holdfast", password.strip());
    }

    /** The process of a part. */
    ProcessHandle process(String part) throws IOException, InterruptedException {
        for (JsonNode each : run("status").json().path("parts")) {
            if (each.path("name").asText().equals(part) && each.has("pid")) {
                return ProcessHandle.of(each.path("pid").asLong()).orElseThrow();
            }
        }
        throw new AssertionError(part + " does not run");
    }

    /** Starts a second instance of a service: the same program and settings, another port and work directory. */
    Process second(String service) throws IOException, InterruptedException {
        Path process = Path.of("/proc", Long.toString(process(service).pid()));
        List<String> command = List.of(strings(process.resolve("cmdline")));
        Map<String, String> environment = new HashMap<>();
        for (String variable : strings(process.resolve("environ"))) {
            environment.put(
                    variable.substring(0, variable.indexOf('=')), variable.substring(variable.indexOf('=') + 1));
        }
        environment.put("HOLDFAST_HTTP_PORT", Integer.toString(Chain.freePort()));
        Path work = Files.createTempDirectory(folder, "second-" + service);
        environment.put("HOLDFAST_WORK_DIRECTORY", work.toString());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(data.resolve("logs")
                        .resolve("second-" + service + ".log")
                        .toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process started = builder.start();
        added.add(started);
        String ready = "http://127.0.0.1:" + environment.get("HOLDFAST_HTTP_PORT") + "/q/health/ready";
        until("the second " + service + " to be ready", () -> Chain.status(ready) == 200);
        return started;
    }

    private static String[] strings(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8).split("\0");
    }

    /** Waits for a condition, and fails with the ends of all logs when it does not come true. */
    void until(String what, Callable<Boolean> condition) throws IOException, InterruptedException {
        within(Duration.ofMinutes(2), what, condition);
    }

    /** Waits no longer than that. */
    void within(Duration limit, String what, Callable<Boolean> condition) throws IOException, InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            try {
                if (condition.call()) {
                    return;
                }
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException("while waiting for " + what, e);
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("waited " + limit.toSeconds() + " s in vain for " + what + logs());
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /** The last lines of every log, for a failed test's message. */
    String logs() throws IOException {
        StringBuilder text = new StringBuilder();
        if (Files.isDirectory(data.resolve("logs"))) {
            try (var logs = Files.list(data.resolve("logs"))) {
                for (Path log : logs.sorted().toList()) {
                    List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                            .lines()
                            .toList();
                    text.append("\n== ").append(log.getFileName()).append('\n');
                    text.append(String.join("\n", lines.subList(Math.max(0, lines.size() - 12), lines.size())));
                }
            }
        }
        return text.toString();
    }

    void close() throws IOException, InterruptedException {
        for (Process process : added) {
            process.destroyForcibly().waitFor();
        }
        run("down");
    }
}

package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.cli.client.ControlPlane;
import io.holdfast.cli.client.EventStream;
import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.Console;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast notify test}. */
@Command(
        name = "test",
        mixinStandardHelpOptions = true,
        description = "Tells everybody whom any route may lead to that this is a test, and shows who was reached.")
final class NotifyTestCommand implements Callable<Integer> {
    private static final String TESTED = "io.holdfast.alert.tested.v1";

    @Mixin
    GlobalOptions global;

    @Mixin
    ServerOptions server;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "how long to wait for the outcome (default: ${DEFAULT-VALUE})",
            defaultValue = "2m",
            converter = DurationArgument.class)
    Duration timeout;

    @Override
    public Integer call() throws Exception {
        Console console = global.console();
        ControlPlane plane = server.connect(global);
        // Followed before it is asked for, so that the outcome cannot be missed.
        try (EventStream events = new EventStream(plane.events())) {
            String key = Json.text(plane.testAlerts(Map.of("requested_by", BackupCommand.requester())), "key");
            JsonNode tested = outcome(events, key);
            StringBuilder text = new StringBuilder();
            boolean all = !tested.path("results").isEmpty();
            for (JsonNode result : tested.path("results")) {
                boolean taken = result.path("taken").asBoolean();
                all &= taken;
                text.append(taken ? "reached      " : "NOT reached  ")
                        .append(Json.text(result, "channel"))
                        .append(' ')
                        .append(Json.text(result, "receiver"))
                        .append(taken ? "" : ": " + Json.text(result, "failure"))
                        .append('\n');
            }
            ObjectNode answer = Json.MAPPER.createObjectNode();
            answer.put("ok", all);
            answer.setAll((ObjectNode) tested);
            console.result(
                    answer,
                    text.isEmpty()
                            ? "nobody is defined who could be told"
                            : text.toString().strip());
            return all ? ExitCode.OK : ExitCode.NOT_PROVEN;
        }
    }

    private JsonNode outcome(EventStream events, String key) throws CommandFailure, InterruptedException {
        FutureTask<JsonNode> reading = new FutureTask<>(() -> read(events, key));
        Thread.ofVirtual().name("events").start(reading);
        try {
            return reading.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new CommandFailure(
                    ExitCode.STILL_RUNNING,
                    "the notifier did not say within " + timeout.toSeconds() + " s how it went",
                    "look whether the notifier-service runs, and what its log says; or wait longer with --timeout");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof CommandFailure failure
                    ? failure
                    : new CommandFailure(
                            ExitCode.UNREACHABLE,
                            "the stream of events broke: " + e.getCause(),
                            "run the command again");
        } finally {
            // Closing the stream would wait for whoever reads it.
            reading.cancel(true);
        }
    }

    private static JsonNode read(EventStream events, String key) throws IOException, CommandFailure {
        for (Optional<EventStream.Received> next = events.next(); next.isPresent(); next = events.next()) {
            JsonNode data = next.get().data().path("data");
            if (next.get().name().equals(TESTED) && Json.text(data, "key").equals(key)) {
                return data;
            }
        }
        throw new CommandFailure(
                ExitCode.UNREACHABLE, "the control plane ended the stream of events", "run the command again");
    }
}

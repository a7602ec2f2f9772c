package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.client.EventStream;
import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.Console;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast events}. */
@Command(
        name = "events",
        mixinStandardHelpOptions = true,
        description = "Shows events as they happen, until Ctrl-C; with --json one object per line.")
final class EventsCommand implements Callable<Integer> {
    @Mixin
    GlobalOptions global;

    @Mixin
    ServerOptions server;

    @Option(names = "--target", paramLabel = "NAME", description = "only those of this target")
    @Nullable
    String target;

    @Option(names = "--limit", paramLabel = "N", description = "end after so many")
    @Nullable
    Integer limit;

    @Override
    public Integer call() throws Exception {
        Console console = global.console();
        try (EventStream events = new EventStream(server.connect(global).events())) {
            int seen = 0;
            for (var next = events.next(); next.isPresent(); next = events.next()) {
                JsonNode event = next.get().data();
                if (target != null && !target.equals(Json.text(event, "subject"))) {
                    continue;
                }
                console.line(console.json() ? Json.line(event) : text(event));
                if (limit != null && ++seen >= limit) {
                    return ExitCode.OK;
                }
            }
        }
        throw new CommandFailure(
                ExitCode.UNREACHABLE, "the control plane ended the stream of events", "run the command again");
    }

    private static String text(JsonNode event) {
        JsonNode data = event.path("data");
        StringBuilder line = new StringBuilder(Json.text(event, "time"))
                .append("  ")
                .append(Json.text(event, "subject"))
                .append("  ")
                .append(Json.text(event, "type"));
        for (String field : new String[] {"backup_id", "restore_id", "phase", "bytes_done"}) {
            Optional.of(Json.text(data, field))
                    .filter(value -> !value.isEmpty())
                    .ifPresent(
                            value -> line.append("  ").append(field).append('=').append(value));
        }
        JsonNode failure = data.path("failure");
        if (failure.isObject()) {
            line.append("  ")
                    .append(Json.text(failure, "category"))
                    .append(": ")
                    .append(Json.text(failure, "message"));
        }
        return line.toString().replaceAll("\\p{Cntrl}", "?");
    }
}

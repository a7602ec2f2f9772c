package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.client.ControlPlane;
import io.holdfast.cli.client.Outcome;
import io.holdfast.cli.client.Waiting;
import io.holdfast.cli.output.Console;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast hold}. */
@Command(
        name = "hold",
        mixinStandardHelpOptions = true,
        description =
                "Holds a backup: it stays, whatever its policy says, until it is released. Without --backup: lists"
                        + " what is held.")
final class HoldCommand implements Callable<Integer> {
    /** Where no process has the retention role, nobody answers. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Mixin
    GlobalOptions global;

    @Mixin
    ServerOptions server;

    @Option(names = "--backup", paramLabel = "ID", description = "which backup")
    @Nullable
    String backup;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "tells several holds of a backup apart (default: ${DEFAULT-VALUE})",
            defaultValue = "hold")
    String name;

    @Option(names = "--reason", paramLabel = "TEXT", description = "why, for whoever will want to release it")
    @Nullable
    String reason;

    @Option(names = "--target", paramLabel = "NAME", description = "without --backup: only those of this target")
    @Nullable
    String target;

    @Override
    public Integer call() throws Exception {
        Console console = global.console();
        ControlPlane plane = server.connect(global);
        if (backup == null) {
            JsonNode answer = plane.holds(target == null ? Map.of() : Map.of("target", target));
            console.result(answer, RetentionText.holds(answer.path("holds")));
            return ExitCode.OK;
        }
        return ask(plane, console, backup, name, reason, false);
    }

    /** Asks for a hold or its release, and waits for the answer. */
    static int ask(
            ControlPlane plane, Console console, String backup, String name, @Nullable String reason, boolean release)
            throws Exception {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("backup_id", backup);
        request.put("name", name);
        Fields.put(request, "reason", reason);
        request.put("requested_by", BackupCommand.requester());
        plane.hold(request, release);
        JsonNode answer = new Waiting(plane, console, Clock.systemUTC()).forHold(backup, name, Optional.of(PATIENCE));
        Outcome outcome = Outcome.of(answer);
        String failure = outcome.failureText();
        console.result(
                Outcomes.of(answer),
                "hold " + name + " of backup " + backup + ": " + Json.text(answer, "status")
                        + (failure.isEmpty() ? "" : "\n" + failure));
        return outcome.exitCode();
    }
}

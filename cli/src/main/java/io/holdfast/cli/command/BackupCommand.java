package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.client.ControlPlane;
import io.holdfast.cli.client.Outcome;
import io.holdfast.cli.client.Waiting;
import io.holdfast.cli.output.Amounts;
import io.holdfast.cli.output.Console;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import io.holdfast.events.BackupKind;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast backup}. */
@Command(name = "backup", mixinStandardHelpOptions = true, description = "Asks for a backup now.")
final class BackupCommand implements Callable<Integer> {
    @Mixin
    GlobalOptions global;

    @Mixin
    ServerOptions server;

    @Option(names = "--target", required = true, paramLabel = "NAME", description = "what to back up")
    String target;

    @Option(
            names = "--kind",
            description =
                    "full (every file of the cluster), incremental (the same, sharing what has not changed with the"
                            + " backup before) or logical (a dump of each database); default: ${DEFAULT-VALUE}",
            defaultValue = "FULL")
    BackupKind kind;

    @Option(names = "--reason", paramLabel = "TEXT", description = "why, for people")
    @Nullable
    String reason;

    @Option(names = "--wait", description = "wait until it is completed")
    boolean wait;

    @Option(names = "--wait-for", paramLabel = "STATUS", description = "wait until it is completed or verified")
    Waiting.@Nullable Goal goal;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "how long to wait, such as 10m (default: as long as it takes)",
            converter = DurationArgument.class)
    @Nullable
    Duration timeout;

    @Override
    public Integer call() throws Exception {
        Console console = global.console();
        ControlPlane plane = server.connect(global);
        Map<String, String> request = new LinkedHashMap<>();
        request.put("target", target);
        request.put("kind", kind.wireName());
        if (reason != null) {
            request.put("reason", reason);
        }
        request.put("requested_by", requester());
        JsonNode backup = plane.createBackup(request);
        String id = Json.text(backup, "backup_id");
        if (wait || goal != null) {
            console.note("backup " + id + " is requested");
            backup = new Waiting(plane, console, Clock.systemUTC())
                    .forBackup(id, goal == null ? Waiting.Goal.COMPLETED : goal, Optional.ofNullable(timeout));
        }
        Outcome outcome = Outcome.of(backup);
        console.result(Outcomes.of(backup), text(id, backup, outcome));
        if (outcome.verificationFailed() && goal != Waiting.Goal.VERIFIED) {
            return ExitCode.OK;
        }
        return outcome.exitCode();
    }

    static String requester() {
        return System.getProperty("user.name", "holdfast").toLowerCase(Locale.ROOT);
    }

    private static String text(String id, JsonNode backup, Outcome outcome) {
        StringBuilder text = new StringBuilder("backup ").append(id).append(' ').append(outcome.status());
        if (backup.path("bytes").isNumber()) {
            text.append(": ")
                    .append(Amounts.bytes(backup.path("bytes").asLong()))
                    .append(" read, ")
                    .append(Amounts.bytes(backup.path("stored_bytes").asLong()))
                    .append(" stored");
        }
        if (!outcome.failureText().isEmpty()) {
            text.append('\n').append(outcome.failureText());
        }
        return text.toString();
    }
}

package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.cli.client.ControlPlane;
import io.holdfast.cli.client.Outcome;
import io.holdfast.cli.client.Waiting;
import io.holdfast.cli.output.Amounts;
import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.Console;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import io.holdfast.events.BackupKind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
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

    @ArgGroup(multiplicity = "1")
    Targets targets;

    /** One target, or all of them. */
    static final class Targets {
        @Option(names = "--target", required = true, paramLabel = "NAME", description = "what to back up")
        @Nullable
        String one;

        @Option(names = "--all-targets", required = true, description = "every target that is defined")
        boolean all;
    }

    @Option(
            names = "--repository",
            paramLabel = "NAME",
            description = "which of the target's repositories; all for a backup in each (default: the first)")
    @Nullable
    String repository;

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
        List<JsonNode> backups = new ArrayList<>();
        boolean several = targets.all;
        for (String target : targets(plane)) {
            JsonNode answer = plane.createBackup(request(target));
            several |= answer.has("backups");
            (answer.has("backups") ? answer.path("backups") : List.of(answer)).forEach(backups::add);
        }
        if (wait || goal != null) {
            backups.forEach(backup -> console.note("backup " + Json.text(backup, "backup_id") + " is requested"));
            backups = awaited(plane, console, backups);
        }
        List<String> texts = backups.stream().map(BackupCommand::text).toList();
        int exitCode = backups.stream()
                .mapToInt(this::exitCode)
                .filter(code -> code != ExitCode.OK)
                .findFirst()
                .orElse(ExitCode.OK);
        if (several) {
            ObjectNode result = Json.MAPPER.createObjectNode().put("ok", exitCode == ExitCode.OK);
            backups.forEach(backup -> result.withArray("backups").add(Outcomes.of(backup)));
            console.result(result, texts.isEmpty() ? "no target is defined" : String.join("\n", texts));
        } else {
            console.result(Outcomes.of(backups.getFirst()), texts.getFirst());
        }
        return exitCode;
    }

    private List<String> targets(ControlPlane plane) throws CommandFailure, InterruptedException {
        if (targets.one != null) {
            return List.of(targets.one);
        }
        List<String> all = new ArrayList<>();
        plane.health().path("targets").forEach(target -> all.add(Json.text(target, "target")));
        return all;
    }

    private Map<String, String> request(String target) {
        Map<String, String> request = new LinkedHashMap<>();
        request.put("target", target);
        request.put("kind", kind.wireName());
        if (repository != null) {
            request.put("repository", repository);
        }
        if (reason != null) {
            request.put("reason", reason);
        }
        request.put("requested_by", requester());
        return request;
    }

    /** Each as it is when the goal is reached; the time is that of all together. */
    private List<JsonNode> awaited(ControlPlane plane, Console console, List<JsonNode> backups)
            throws CommandFailure, InterruptedException {
        Clock clock = Clock.systemUTC();
        Instant end = timeout == null ? null : clock.instant().plus(timeout);
        Waiting waiting = new Waiting(plane, console, clock);
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode backup : backups) {
            Optional<Duration> left = Optional.ofNullable(end).map(until -> Duration.between(clock.instant(), until));
            found.add(waiting.forBackup(
                    Json.text(backup, "backup_id"), goal == null ? Waiting.Goal.COMPLETED : goal, left));
        }
        return found;
    }

    private int exitCode(JsonNode backup) {
        Outcome outcome = Outcome.of(backup);
        return outcome.verificationFailed() && goal != Waiting.Goal.VERIFIED ? ExitCode.OK : outcome.exitCode();
    }

    static String requester() {
        return System.getProperty("user.name", "holdfast").toLowerCase(Locale.ROOT);
    }

    private static String text(JsonNode backup) {
        Outcome outcome = Outcome.of(backup);
        StringBuilder text = new StringBuilder("backup ")
                .append(Json.text(backup, "backup_id"))
                .append(' ')
                .append(outcome.status());
        if (backup.path("bytes").isNumber()) {
            text.append(": ")
                    .append(Amounts.bytes(backup.path("bytes").asLong()))
                    .append(" read, ")
                    .append(Amounts.bytes(backup.path("stored_bytes").asLong()))
                    .append(" stored");
        }
        if (backup.path("encrypted").isBoolean() && !backup.path("encrypted").asBoolean()) {
            text.append(", NOT encrypted");
        }
        if (!outcome.failureText().isEmpty()) {
            text.append('\n').append(outcome.failureText());
        }
        return text.toString();
    }
}

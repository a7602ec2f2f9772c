package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.client.ControlPlane;
import io.holdfast.cli.client.Outcome;
import io.holdfast.cli.client.Waiting;
import io.holdfast.cli.output.Amounts;
import io.holdfast.cli.output.Console;
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

/** {@code holdfast drill}. */
@Command(
        name = "drill",
        mixinStandardHelpOptions = true,
        description =
                "Shows that a target can be brought back: restores a backup in a sandbox of the site's restore-worker,"
                        + " recovers it, looks at it, measures how long that takes, and removes it again.")
final class DrillCommand implements Callable<Integer> {
    @Mixin
    GlobalOptions global;

    @Mixin
    ServerOptions server;

    @Option(names = "--target", required = true, paramLabel = "NAME", description = "whose backup")
    String target;

    @Option(names = "--backup", paramLabel = "ID", description = "which backup (default: the newest)")
    @Nullable
    String backup;

    @Option(names = "--random", description = "any backup and any moment in its window, by --seed")
    boolean random;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "what is picked at random follows from it (default: one is made up and told)")
    @Nullable
    Long seed;

    @Option(names = "--latest", description = "recover as far as the stored WAL reaches")
    boolean latest;

    @Option(
            names = "--to-time",
            paramLabel = "TIME",
            description = "recover to this moment, with a zone: 2026-11-21T10:00:00Z")
    @Nullable
    String toTime;

    @Option(names = "--to-lsn", paramLabel = "LSN", description = "recover to this position, 2/3A0001F8")
    @Nullable
    String toLsn;

    @Option(
            names = "--site",
            paramLabel = "NAME",
            description = "which site does it (default: as configured, else local)")
    @Nullable
    String site;

    @Option(names = "--reason", paramLabel = "TEXT", description = "why, for people")
    @Nullable
    String reason;

    @Option(names = "--wait", description = "wait until it has ended; the exit code tells how")
    boolean wait;

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
        JsonNode drill = plane.createDrill(fields());
        String id = Json.text(drill, "drill_id");
        if (wait) {
            console.note(
                    "drill " + id + " is requested, seed " + drill.path("seed").asLong());
            drill = new Waiting(plane, console, Clock.systemUTC()).forDrill(id, Optional.ofNullable(timeout));
        }
        Outcome outcome = Outcome.of(drill);
        console.result(Outcomes.ofRestore(drill, wait), text(id, drill, outcome));
        return outcome.exitCode();
    }

    private Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("target", target);
        Fields.put(fields, "backup_id", backup);
        Fields.put(fields, "latest", latest ? true : null);
        Fields.put(fields, "to_time", toTime);
        Fields.put(fields, "to_lsn", toLsn);
        Fields.put(fields, "pick", random ? "random" : null);
        Fields.put(fields, "seed", seed);
        Fields.put(fields, "site", site);
        Fields.put(fields, "reason", reason);
        fields.put("requested_by", BackupCommand.requester());
        return fields;
    }

    private static String text(String id, JsonNode drill, Outcome outcome) {
        StringBuilder text = new StringBuilder("drill ").append(id).append(' ').append(outcome.status());
        JsonNode measures = drill.path("measures");
        RestoreText.describePhases(text, measures);
        measured(text, "until the first query (RTO)", measures.path("rto_seconds"));
        measured(text, "would have been lost (RPO)", measures.path("rpo_seconds"));
        drill.path("checks").forEach(check -> {
            JsonNode passed = check.path("passed");
            String database = Json.text(check, "database");
            text.append("\n  ")
                    .append(passed.isBoolean() ? passed.asBoolean() ? "good  " : "BAD   " : "not looked at  ")
                    .append(Json.text(check, "name"))
                    .append(database.isEmpty() ? "" : ", database " + database)
                    .append(": ")
                    .append(Json.text(check, "detail"));
        });
        if (!Json.text(drill, "report").isEmpty()) {
            text.append("\n  report  ").append(Json.text(drill, "report")).append(".html");
        }
        if (!outcome.failureText().isEmpty()) {
            text.append('\n').append(outcome.failureText());
        }
        return text.toString();
    }

    private static void measured(StringBuilder text, String name, JsonNode seconds) {
        if (seconds.isNumber()) {
            text.append("\n  ").append(name).append("  ").append(Amounts.duration(seconds.asDouble()));
        }
    }
}

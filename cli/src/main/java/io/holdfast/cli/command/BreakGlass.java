package io.holdfast.cli.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.cli.client.Outcome;
import io.holdfast.cli.local.OfflineProgram;
import io.holdfast.cli.output.Amounts;
import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.Console;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import io.holdfast.cli.output.Progress;
import io.holdfast.cli.output.ProgressView;
import io.holdfast.cli.output.Table;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.wire.EventCodec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code holdfast restore --repository}: with nothing but a repository, a JDK and PostgreSQL. */
final class BreakGlass {
    private static final ObjectMapper JSON = EventCodec.newJsonMapper();
    private static final Duration PATIENCE = Duration.ofHours(2);

    private final RestoreCommand arguments;
    private final Console console;

    BreakGlass(RestoreCommand arguments, Console console) {
        this.arguments = arguments;
        this.console = console;
    }

    int run() throws IOException, InterruptedException, CommandFailure {
        JsonNode answer = ask(order());
        if (answer.has("category")) {
            throw new CommandFailure(
                    FailureCategory.of(Json.text(answer, "category")).exitCode(),
                    Json.text(answer, "category") + ": " + Json.text(answer, "message"),
                    Json.text(answer, "hint"));
        }
        Outcome outcome = Outcome.of(answer);
        ObjectNode result = JSON.createObjectNode();
        result.put("ok", outcome.exitCode() == ExitCode.OK);
        result.setAll(Outcomes.of(answer));
        console.result(result, text(answer));
        return outcome.exitCode();
    }

    private Map<String, Object> order() throws IOException, InterruptedException, CommandFailure {
        refuseWhatNeedsAControlPlane();
        Map<String, Object> order = new LinkedHashMap<>();
        order.put("repository", arguments.breakGlass.definition(arguments.global));
        Fields.put(order, "target", arguments.target);
        Fields.put(order, "backup", arguments.backup);
        // As a tree: beside other values its kind would not be written.
        Fields.put(
                order,
                "recovery_target",
                arguments.moment.moment().map(JSON::<JsonNode>valueToTree).orElse(null));
        boolean restores = order.containsKey("backup") || order.containsKey("recovery_target");
        Path into = arguments.destination.into;
        if (restores && (arguments.target == null || into == null)) {
            throw usage(
                    (arguments.target == null ? "whose backup" : "where to") + " is missing",
                    "name --target NAME and --into DIR");
        }
        Fields.put(
                order,
                "directory",
                into == null ? null : into.toAbsolutePath().normalize().toString());
        Fields.put(order, "tablespaces", RestoreForm.tablespaces(arguments.tablespaces));
        order.put("start", arguments.start);
        Fields.put(order, "port", arguments.port);
        order.put("accept_damage", arguments.acceptDamage);
        order.put("accept_unencrypted", arguments.acceptUnencrypted);
        order.put("patience_seconds", PATIENCE.toSeconds());
        arguments.breakGlass.addTo(order);
        order.put("force", arguments.caution.over());
        order.put("dry_run", arguments.caution.dryRun);
        order.put("verify_first", arguments.caution.verify);
        arguments.caution.requireSense();
        order.put("safety_backup", arguments.caution.safetyBackup);
        if (restores) {
            arguments.caution.confirm(console, String.valueOf(arguments.target), String.valueOf(into));
        }
        return order;
    }

    private void refuseWhatNeedsAControlPlane() throws CommandFailure {
        boolean said = arguments.noWait
                || arguments.standby
                || arguments.hooks.any()
                || Stream.of(
                                arguments.destination.intoDatabase,
                                arguments.passwordReference,
                                arguments.sourceDatabase,
                                arguments.schemas,
                                arguments.tables,
                                arguments.jobs,
                                arguments.site,
                                arguments.timeout)
                        .anyMatch(Objects::nonNull);
        if (said) {
            throw usage(
                    "--repository restores full and incremental backups into a directory, here and now",
                    "leave out --into-database and what belongs to it, --standby, --before, --after, --site, --no-wait and --timeout");
        }
    }

    private JsonNode ask(Map<String, Object> order) throws IOException, InterruptedException, CommandFailure {
        ProgressView view = new ProgressView(console, Clock.systemUTC());
        Answer answer = new Answer(view);
        try {
            OfflineProgram.RESTORE.run(LocalInstance.distribution(), JSON.writeValueAsString(order), answer::line);
        } finally {
            view.end();
        }
        return answer.last();
    }

    /** What the program says: how far it is, then what came of it. */
    private static final class Answer {
        private final ProgressView view;
        private @Nullable JsonNode last;

        Answer(ProgressView view) {
            this.view = view;
        }

        void line(String line) {
            JsonNode said = read(line);
            if (said.has("phase")) {
                view.show(
                        "restore",
                        new Progress(
                                Json.text(said, "phase"),
                                said.path("done").asLong(),
                                said.has("total")
                                        ? OptionalLong.of(said.path("total").asLong())
                                        : OptionalLong.empty(),
                                0,
                                OptionalLong.empty()));
            } else {
                last = said;
            }
        }

        private static JsonNode read(String line) {
            try {
                return JSON.readTree(line);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("the restore said what is no JSON", e);
            }
        }

        JsonNode last() throws CommandFailure {
            if (last == null) {
                throw new CommandFailure(
                        ExitCode.UNEXPECTED,
                        "the restore did not say what came of it",
                        "what it said stands above this.");
            }
            return last;
        }
    }

    private static String text(JsonNode answer) {
        if (answer.has("found")) {
            return listed(answer.path("found"));
        }
        return answer.path("dry_run").asBoolean() ? RestoreText.planned(answer) : restored(answer);
    }

    private static String restored(JsonNode answer) {
        StringBuilder text = new StringBuilder("restored backup ")
                .append(Json.text(answer, "backup_id"))
                .append(" of ")
                .append(Json.text(answer, "target"));
        RestoreText.describe(text, answer);
        return text.toString();
    }

    private static String listed(JsonNode found) {
        StringBuilder text = new StringBuilder();
        for (JsonNode place : found) {
            text.append(text.isEmpty() ? "" : "\n")
                    .append(Json.text(place, "target"))
                    .append('/')
                    .append(Json.text(place, "place"))
                    .append('\n');
            Table table = new Table("BACKUP", "KIND", "FINISHED", "ENDS AT", "SIZE", "");
            for (JsonNode backup : place.path("backups")) {
                table.row(
                        Json.text(backup, "backup"),
                        Json.text(backup, "kind"),
                        Json.text(backup, "finished_at"),
                        Json.text(backup, "stop_lsn"),
                        Amounts.bytes(backup.path("bytes").asLong()),
                        Json.text(backup, "problem"));
            }
            text.append(table);
            for (JsonNode span : place.path("window")) {
                text.append("\nany moment from ")
                        .append(moment(span.path("from")))
                        .append(" to ")
                        .append(moment(span.path("to")));
                if (span.has("missing")) {
                    text.append("; then WAL is missing from ").append(Json.text(span, "missing"));
                }
            }
        }
        return text.isEmpty() ? "there are no backups" : text.toString();
    }

    private static String moment(JsonNode point) {
        String time = Json.text(point, "time");
        return Json.text(point, "lsn") + (time.isEmpty() ? "" : " (" + time + ")");
    }

    private static CommandFailure usage(String message, String hint) {
        return new CommandFailure(ExitCode.USAGE, message, hint);
    }
}

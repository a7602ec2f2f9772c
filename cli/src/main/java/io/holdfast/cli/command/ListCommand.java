package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.cli.client.ControlPlane;
import io.holdfast.cli.client.Outcome;
import io.holdfast.cli.output.Amounts;
import io.holdfast.cli.output.Console;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import io.holdfast.cli.output.Table;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast list}. */
@Command(name = "list", mixinStandardHelpOptions = true, description = "Lists backups or restores, newest first.")
final class ListCommand implements Callable<Integer> {
    @Mixin
    GlobalOptions global;

    @Mixin
    ServerOptions server;

    @Option(names = "--target", paramLabel = "NAME", description = "only those of this target")
    @Nullable
    String target;

    @Option(names = "--repository", paramLabel = "NAME", description = "only backups in this repository")
    @Nullable
    String repository;

    @Option(names = "--status", paramLabel = "STATUS", description = "only those in this status")
    @Nullable
    String status;

    @Option(names = "--limit", paramLabel = "N", description = "at most so many")
    @Nullable
    Integer limit;

    @Option(names = "--restores", description = "restores instead of backups")
    boolean restores;

    @Override
    public Integer call() throws Exception {
        Console console = global.console();
        Map<String, String> query = new LinkedHashMap<>();
        if (target != null) {
            query.put("target", target);
        }
        if (repository != null) {
            query.put("repository", repository);
        }
        if (status != null) {
            query.put("status", status);
        }
        if (limit != null) {
            query.put("limit", limit.toString());
        }
        ControlPlane plane = server.connect(global);
        JsonNode answer = restores ? plane.restores(query) : plane.list(query);
        String name = restores ? "restores" : "backups";
        ObjectNode result = Json.MAPPER.createObjectNode();
        ArrayNode listed = result.putArray(name);
        answer.path(name).forEach(each -> listed.add(Outcomes.of(each)));
        console.result(result, restores ? restoresText(listed) : text(listed));
        return ExitCode.OK;
    }

    private static String restoresText(ArrayNode restores) {
        if (restores.isEmpty()) {
            return "no restores";
        }
        Table table = new Table("RESTORE", "BACKUP", "TARGET", "STATUS", "STARTED", "DIRECTORY", "");
        for (JsonNode restore : restores) {
            Outcome outcome = Outcome.of(restore);
            table.row(
                    Json.text(restore, "restore_id"),
                    Json.text(restore, "backup_id"),
                    Json.text(restore, "target"),
                    outcome.status(),
                    Json.text(restore, "started_at"),
                    Json.text(restore, "directory"),
                    outcome.category().isEmpty() ? "" : outcome.category() + ": " + outcome.message());
        }
        return table.toString();
    }

    private static String text(ArrayNode backups) {
        if (backups.isEmpty()) {
            return "no backups";
        }
        Table table = new Table(
                "BACKUP", "TARGET", "KIND", "STATUS", "STARTED", "READ", "STORED", "REPOSITORY", "ENCRYPTED", "");
        for (JsonNode backup : backups) {
            Outcome outcome = Outcome.of(backup);
            table.row(
                    Json.text(backup, "backup_id"),
                    Json.text(backup, "target"),
                    Json.text(backup, "kind"),
                    outcome.status(),
                    Json.text(backup, "started_at"),
                    bytes(backup, "bytes"),
                    bytes(backup, "stored_bytes"),
                    Json.text(backup, "repository"),
                    encrypted(backup),
                    outcome.category().isEmpty() ? "" : outcome.category() + ": " + outcome.message());
        }
        return table.toString();
    }

    /** Empty where the work has not ended, or a worker made it that did not say yet. */
    private static String encrypted(JsonNode backup) {
        JsonNode encrypted = backup.path("encrypted");
        return encrypted.isBoolean() ? (encrypted.asBoolean() ? "yes" : "no") : "";
    }

    private static String bytes(JsonNode backup, String field) {
        JsonNode bytes = backup.path(field);
        return bytes.isNumber() ? Amounts.bytes(bytes.asLong()) : "";
    }
}

package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.cli.client.ControlPlane;
import io.holdfast.cli.local.OfflineProgram;
import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.Console;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import io.holdfast.events.FailureCategory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code holdfast catalog rebuild}. */
@Command(
        name = "rebuild",
        mixinStandardHelpOptions = true,
        description =
                "Tells the control plane of the backups and the log that lie in the repositories, after its own log was"
                        + " lost. What it knows already stays as it is.")
final class CatalogRebuildCommand implements Callable<Integer> {
    /** An event may have 256 KiB; few come near. */
    private static final int AT_ONCE = 20;

    @Mixin
    GlobalOptions global;

    @Mixin
    ServerOptions server;

    @Mixin
    RepositoryOptions repositories;

    @Override
    public Integer call() throws Exception {
        Console console = global.console();
        ControlPlane plane = server.connect(global);
        ObjectNode result = Json.MAPPER.createObjectNode();
        int added = 0;
        int known = 0;
        List<String> unreadable = new ArrayList<>();
        int pieces = 0;
        for (String definition : repositories.definitions(global)) {
            List<JsonNode> log = new ArrayList<>();
            List<JsonNode> found = found(definition, log, unreadable);
            for (List<JsonNode> some : inParts(found)) {
                JsonNode noted = plane.noteFound(Map.of("backups", some));
                added += noted.path("added").asInt();
                known += noted.path("known").asInt();
            }
            for (List<JsonNode> some : inParts(log)) {
                pieces += plane.noteFound(Map.of("wal", some)).path("pieces").asInt();
            }
        }
        int exitCode = unreadable.isEmpty() ? ExitCode.OK : ExitCode.NOT_PROVEN;
        result.put("ok", unreadable.isEmpty());
        result.put("exit_code", exitCode);
        result.put("added", added);
        result.put("known", known);
        result.put("wal_pieces", pieces);
        unreadable.forEach(result.withArray("unreadable")::add);
        console.result(
                result,
                added + " backups were added, " + known + " were known; " + pieces + " pieces of log were added"
                        + (unreadable.isEmpty() ? "" : "\ncannot be read:\n  " + String.join("\n  ", unreadable)));
        return exitCode;
    }

    private static List<List<JsonNode>> inParts(List<JsonNode> all) {
        List<List<JsonNode>> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += AT_ONCE) {
            parts.add(all.subList(from, Math.min(all.size(), from + AT_ONCE)));
        }
        return parts;
    }

    private static List<JsonNode> found(String definition, List<JsonNode> log, List<String> unreadable)
            throws Exception {
        List<JsonNode> found = new ArrayList<>();
        for (String line : OfflineProgram.CATALOG.run(LocalInstance.distribution(), definition)) {
            JsonNode said = Json.MAPPER.readTree(line);
            if (said.has("category")) {
                throw new CommandFailure(
                        FailureCategory.of(Json.text(said, "category")).exitCode(),
                        Json.text(said, "message"),
                        Json.text(said, "hint"));
            }
            if (said.has("unreadable")) {
                said.path("unreadable").forEach(each -> unreadable.add(each.asText()));
            } else if (said.has("wal")) {
                log.add(said.path("wal"));
            } else {
                found.add(said);
            }
        }
        return found;
    }
}

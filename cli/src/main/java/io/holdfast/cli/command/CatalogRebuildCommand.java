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
                "Tells the control plane of the backups that lie in the repositories, after its log was lost. What it"
                        + " knows already stays as it is.")
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
        for (String definition : repositories.definitions(global)) {
            List<JsonNode> found = found(definition, unreadable);
            for (int from = 0; from < found.size(); from += AT_ONCE) {
                JsonNode noted =
                        plane.noteFound(Map.of("backups", found.subList(from, Math.min(found.size(), from + AT_ONCE))));
                added += noted.path("added").asInt();
                known += noted.path("known").asInt();
            }
        }
        int exitCode = unreadable.isEmpty() ? ExitCode.OK : ExitCode.NOT_PROVEN;
        result.put("ok", unreadable.isEmpty());
        result.put("exit_code", exitCode);
        result.put("added", added);
        result.put("known", known);
        unreadable.forEach(result.withArray("unreadable")::add);
        console.result(
                result,
                added + " backups were added, " + known + " were known"
                        + (unreadable.isEmpty() ? "" : "\ncannot be read:\n  " + String.join("\n  ", unreadable)));
        return exitCode;
    }

    private static List<JsonNode> found(String definition, List<String> unreadable) throws Exception {
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
            } else {
                found.add(said);
            }
        }
        return found;
    }
}

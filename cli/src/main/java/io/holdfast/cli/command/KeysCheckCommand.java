package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import io.holdfast.cli.output.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code holdfast keys check}. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Tries what this host has to restore with on every backup of a repository, and shows for whom the"
                + " keys are wrapped. Needs no control plane: only the repository, holdfast.yaml and the secrets.")
final class KeysCheckCommand implements Callable<Integer> {
    @Mixin
    GlobalOptions global;

    @Mixin
    RepositoryOptions repositories;

    @Override
    public Integer call() throws Exception {
        ObjectNode result = Json.MAPPER.createObjectNode();
        ArrayNode found = Json.MAPPER.createArrayNode();
        repositories.ask(global, "check").forEach(found::add);
        int closed = 0;
        for (JsonNode repository : found) {
            for (JsonNode backup : repository.path("backups")) {
                closed += backup.path("opens").asBoolean() ? 0 : 1;
            }
        }
        int exitCode = closed == 0 ? ExitCode.OK : ExitCode.NOT_PROVEN;
        result.put("ok", closed == 0);
        result.put("exit_code", exitCode);
        result.put("closed", closed);
        result.set("repositories", found);
        global.console().result(result, text(found, closed));
        return exitCode;
    }

    private static String text(ArrayNode repositories, int closed) {
        List<String> lines = new ArrayList<>();
        for (JsonNode repository : repositories) {
            lines.add("repository " + Json.text(repository, "repository"));
            String problem = Json.text(repository, "problem");
            if (!problem.isEmpty()) {
                lines.add("  no restore can begin here: " + problem);
            }
            for (JsonNode given : repository.path("given")) {
                String missing = Json.text(given, "problem");
                lines.add("  " + Json.text(given, "name") + (missing.isEmpty() ? "" : "  NOT HERE: " + missing));
            }
            if (repository.path("backups").isEmpty()) {
                lines.add("  no backups");
                continue;
            }
            Table table = new Table("BACKUP", "TARGET", "ENCRYPTED", "OPENS", "");
            for (JsonNode backup : repository.path("backups")) {
                boolean opens = backup.path("opens").asBoolean();
                boolean encrypted = backup.path("encrypted").asBoolean();
                table.row(
                        Json.text(backup, "backup"),
                        Json.text(backup, "target") + "/" + Json.text(backup, "place"),
                        encrypted ? "yes" : "no",
                        opens ? "yes" : "NO",
                        opens ? (encrypted ? "by " + openedBy(backup) : "") : why(backup));
            }
            lines.add(table.toString());
        }
        lines.add(
                closed == 0
                        ? "All backups open with what is here."
                        : closed + (closed == 1 ? " backup does" : " backups do") + " not open with what is here.");
        return String.join("\n", lines);
    }

    private static String openedBy(JsonNode backup) {
        List<String> names = new ArrayList<>();
        backup.path("opened_by").forEach(name -> names.add(name.asText()));
        return names.isEmpty() ? "all of them together" : String.join(", ", names);
    }

    /** What is wrong, else for whom the first key that does not open is wrapped. */
    private static String why(JsonNode backup) {
        String problem = Json.text(backup, "problem");
        if (!problem.isEmpty()) {
            return problem;
        }
        for (JsonNode key : backup.path("keys")) {
            if (!key.path("opens").asBoolean()) {
                List<String> recipients = new ArrayList<>();
                key.path("recipients").forEach(name -> recipients.add(name.asText()));
                return "its " + Json.text(key, "use") + " key is wrapped for "
                        + (recipients.isEmpty() ? "nobody" : String.join(", ", recipients));
            }
        }
        return "";
    }
}

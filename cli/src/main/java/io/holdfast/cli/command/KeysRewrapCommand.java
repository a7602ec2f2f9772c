package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast keys rewrap}. */
@Command(
        name = "rewrap",
        mixinStandardHelpOptions = true,
        description =
                "Wraps every key of a repository for the recipients that holdfast.yaml names now, so that they can"
                        + " read the backups from before, too. Needs what opens the keys; reads and writes no backup.")
final class KeysRewrapCommand implements Callable<Integer> {
    @Mixin
    GlobalOptions global;

    @Mixin
    RepositoryOptions repositories;

    @Option(
            names = "--remove",
            paramLabel = "RECIPIENT",
            description = "then remove what is wrapped for this one (openpgp-FINGERPRINT in lower case, passphrase, …),"
                    + " where another recipient's was seen to open; needs the right to delete")
    @Nullable
    String remove;

    @Override
    public Integer call() throws Exception {
        ObjectNode result = Json.MAPPER.createObjectNode();
        ArrayNode done = Json.MAPPER.createArrayNode();
        String[] arguments = remove == null ? new String[] {"rewrap"} : new String[] {"rewrap", remove};
        repositories.ask(global, arguments).forEach(done::add);
        int left = 0;
        List<String> lines = new ArrayList<>();
        for (JsonNode repository : done) {
            int closed = repository.path("closed").size();
            int kept = repository.path("kept").size();
            left += closed + kept;
            lines.add("repository " + Json.text(repository, "repository") + ": "
                    + repository.path("keys").asInt() + " keys, "
                    + repository.path("added").asInt() + " wrapped anew"
                    + (closed == 0 ? "" : ", " + closed + " NOT OPENED by what is here")
                    + (remove == null ? "" : ", " + repository.path("removed").asInt() + " removed")
                    + (kept == 0 ? "" : ", " + kept + " KEPT, since nobody else's opens here"));
        }
        int exitCode = left == 0 ? ExitCode.OK : ExitCode.NOT_PROVEN;
        result.put("ok", left == 0);
        result.put("exit_code", exitCode);
        result.set("repositories", done);
        global.console().result(result, String.join("\n", lines));
        return exitCode;
    }
}

package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast verify}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Asks that a backup be read back now; holdfast list tells what was found.")
final class VerifyCommand implements Callable<Integer> {
    @Mixin
    GlobalOptions global;

    @Mixin
    ServerOptions server;

    @Option(names = "--backup", required = true, paramLabel = "ID", description = "which backup")
    String backup;

    @Option(
            names = "--level",
            paramLabel = "LEVEL",
            description = "how much is looked at: bytes (each stored byte against its digest) or structure (all that,"
                    + " decompressed, and whether the parts fit together); as the verifier is configured if not said")
    @Nullable
    String level;

    @Override
    public Integer call() throws Exception {
        Map<String, String> body = new LinkedHashMap<>(Map.of("requested_by", BackupCommand.requester()));
        if (level != null) {
            body.put("level", level);
        }
        JsonNode answer = server.connect(global).verify(backup, body);
        global.console()
                .result(Outcomes.of(answer), "asked to read backup " + Json.text(answer, "backup_id") + " back");
        return ExitCode.OK;
    }
}

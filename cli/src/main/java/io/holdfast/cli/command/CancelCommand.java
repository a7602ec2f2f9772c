package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.client.ControlPlane;
import io.holdfast.cli.output.Console;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast cancel}. */
@Command(
        name = "cancel",
        mixinStandardHelpOptions = true,
        description = "Asks that a running backup or restore be stopped. What has ended stays as it is.")
final class CancelCommand implements Callable<Integer> {
    @Mixin
    GlobalOptions global;

    @Mixin
    ServerOptions server;

    @ArgGroup(multiplicity = "1")
    Work work;

    /** One of the two. */
    static final class Work {
        @Option(names = "--backup", paramLabel = "ID", description = "the backup")
        @Nullable
        String backup;

        @Option(names = "--restore", paramLabel = "ID", description = "the restore")
        @Nullable
        String restore;
    }

    @Option(names = "--reason", paramLabel = "TEXT", description = "why, for people")
    @Nullable
    String reason;

    @Override
    public Integer call() throws Exception {
        Console console = global.console();
        ControlPlane plane = server.connect(global);
        Map<String, String> request = new LinkedHashMap<>();
        if (reason != null) {
            request.put("reason", reason);
        }
        request.put("requested_by", BackupCommand.requester());
        JsonNode answer = work.backup != null
                ? plane.cancelBackup(work.backup, request)
                : plane.cancelRestore(String.valueOf(work.restore), request);
        console.result(Outcomes.of(answer), "asked to stop; it is " + Json.text(answer, "status"));
        return ExitCode.OK;
    }
}

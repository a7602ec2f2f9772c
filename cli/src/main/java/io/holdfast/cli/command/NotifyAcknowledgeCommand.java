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
import picocli.CommandLine.Parameters;

/** {@code holdfast notify acknowledge}. */
@Command(
        name = "acknowledge",
        mixinStandardHelpOptions = true,
        description = "Says that you look after an alert: nobody else is called, and it is not repeated.")
final class NotifyAcknowledgeCommand implements Callable<Integer> {
    @Mixin
    GlobalOptions global;

    @Mixin
    ServerOptions server;

    @Parameters(paramLabel = "KEY", description = "the alert's key, such as backup/orders/full/main")
    String key;

    @Option(names = "--comment", paramLabel = "TEXT", description = "what others should know")
    @Nullable
    String comment;

    @Override
    public Integer call() throws Exception {
        Map<String, String> request = new LinkedHashMap<>();
        request.put("key", key);
        if (comment != null) {
            request.put("comment", comment);
        }
        request.put("requested_by", BackupCommand.requester());
        JsonNode answer = server.connect(global).acknowledge(request);
        global.console().result(Outcomes.of(answer), "you look after " + Json.text(answer, "key"));
        return ExitCode.OK;
    }
}

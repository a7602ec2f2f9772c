package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.client.ControlPlane;
import io.holdfast.cli.output.Console;
import io.holdfast.cli.output.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast retention run}. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description =
                "Removes now what no rule keeps of a target's backups, and waits until that is done. It is done by"
                        + " itself once a day, too.")
final class RetentionRunCommand implements Callable<Integer> {
    @Mixin
    GlobalOptions global;

    @Mixin
    ServerOptions server;

    @Parameters(arity = "1", paramLabel = "TARGET", description = "whose backups")
    String target;

    @Option(names = "--repository", paramLabel = "NAME", description = "only there (default: in all of the target's)")
    @Nullable
    String repository;

    @Option(
            names = "--approve",
            paramLabel = "ID",
            split = ",",
            description = "agrees that this backup goes although many go at once; may be given several times")
    List<String> approved = new ArrayList<>();

    @Option(names = "--approve-all", description = "agrees to all that wait for it, as the newest look found them")
    boolean approveAll;

    @Option(names = "--reason", paramLabel = "TEXT", description = "why, for people")
    @Nullable
    String reason;

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
        if (approveAll) {
            plane.retention(Map.of("target", target)).path("retention").forEach(this::approve);
        }
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("target", target);
        Fields.put(request, "repository", repository);
        Fields.put(request, "approved", approved.isEmpty() ? null : approved);
        Fields.put(request, "reason", reason);
        request.put("requested_by", BackupCommand.requester());
        RetentionRuns runs = new RetentionRuns(plane, console, timeout);
        runs.ask(request);
        List<JsonNode> ended = runs.await();
        console.result(Json.MAPPER.valueToTree(Map.of("runs", ended)), RetentionText.runs(ended));
        return RetentionRuns.exitCode(ended);
    }

    private void approve(JsonNode standing) {
        if (repository == null || repository.equals(Json.text(standing, "repository"))) {
            standing.path("plan").path("decisions").forEach(decision -> {
                if (decision.path("awaits_approval").asBoolean()) {
                    approved.add(Json.text(decision, "backup_id"));
                }
            });
        }
    }
}

package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.client.ControlPlane;
import io.holdfast.cli.output.Console;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast retention}. */
@Command(
        name = "retention",
        mixinStandardHelpOptions = true,
        description =
                "Says which backups of targets stay in each repository, which go, and why: as the newest look at them"
                        + " found it, or with --dry-run as it is now. Changes nothing.",
        subcommands = RetentionRunCommand.class)
final class RetentionCommand implements Callable<Integer> {
    @Mixin
    GlobalOptions global;

    @Mixin
    ServerOptions server;

    @Parameters(arity = "0..1", paramLabel = "TARGET", description = "whose backups (default: of every target)")
    @Nullable
    String target;

    @Option(names = "--dry-run", description = "let it be looked at now, and wait for what is found")
    boolean dryRun;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "with --dry-run: how long to wait (default: ${DEFAULT-VALUE})",
            defaultValue = "10m",
            converter = DurationArgument.class)
    Duration timeout;

    @Override
    public Integer call() throws Exception {
        Console console = global.console();
        ControlPlane plane = server.connect(global);
        JsonNode answer = plane.retention(target == null ? Map.of() : Map.of("target", target));
        if (!dryRun) {
            console.result(answer, RetentionText.standings(answer.path("retention")));
            return ExitCode.OK;
        }
        Set<String> targets = new LinkedHashSet<>();
        answer.path("retention").forEach(standing -> targets.add(Json.text(standing, "target")));
        RetentionRuns runs = new RetentionRuns(plane, console, timeout);
        for (String each : targets) {
            runs.ask(Map.of("target", each, "dry_run", true, "requested_by", BackupCommand.requester()));
        }
        List<JsonNode> ended = runs.await();
        console.result(Json.MAPPER.valueToTree(Map.of("runs", ended)), RetentionText.runs(ended));
        return RetentionRuns.exitCode(ended);
    }
}

package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.output.Console;
import io.holdfast.cli.output.ExitCode;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast window}. */
@Command(
        name = "window",
        mixinStandardHelpOptions = true,
        description =
                "Says to which moments each target can be brought back, what is missing in between, how its log is"
                        + " archived, how much would be lost now, and when that was last proven.")
final class WindowCommand implements Callable<Integer> {
    @Mixin
    GlobalOptions global;

    @Mixin
    ServerOptions server;

    @Option(names = "--target", paramLabel = "NAME", description = "only of this target")
    @Nullable
    String target;

    @Override
    public Integer call() throws Exception {
        Console console = global.console();
        JsonNode answer = server.connect(global).windows(target == null ? Map.of() : Map.of("target", target));
        console.result(answer, new WindowText(Clock.systemUTC()).all(answer.path("windows")));
        return ExitCode.OK;
    }
}

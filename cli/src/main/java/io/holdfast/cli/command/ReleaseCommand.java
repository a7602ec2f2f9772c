package io.holdfast.cli.command;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast release}. */
@Command(
        name = "release",
        mixinStandardHelpOptions = true,
        description = "Releases a hold. The backup stays all the same if its policy, or another hold, keeps it.")
final class ReleaseCommand implements Callable<Integer> {
    @Mixin
    GlobalOptions global;

    @Mixin
    ServerOptions server;

    @Option(names = "--backup", required = true, paramLabel = "ID", description = "which backup")
    String backup;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "which hold of it (default: ${DEFAULT-VALUE})",
            defaultValue = "hold")
    String name;

    @Option(names = "--reason", paramLabel = "TEXT", description = "why, for people")
    @Nullable
    String reason;

    @Override
    public Integer call() throws Exception {
        return HoldCommand.ask(server.connect(global), global.console(), backup, name, reason, true);
    }
}

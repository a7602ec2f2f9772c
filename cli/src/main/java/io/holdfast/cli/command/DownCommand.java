package io.holdfast.cli.command;

import io.holdfast.cli.local.InstanceFolder;
import io.holdfast.cli.output.Console;
import io.holdfast.cli.output.ExitCode;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code holdfast down}. */
@Command(
        name = "down",
        mixinStandardHelpOptions = true,
        description = "Stops the local instance and everything it started; its data stays.")
final class DownCommand implements Callable<Integer> {
    @Mixin
    GlobalOptions global;

    @Override
    public Integer call() throws Exception {
        Console console = global.console();
        InstanceFolder folder = LocalInstance.folder(global);
        LocalInstance.at(folder, console).down();
        console.result(
                Map.of("ok", true, "data", folder.root().toString()),
                "Nothing of " + folder.root() + " runs any more.");
        return ExitCode.OK;
    }
}

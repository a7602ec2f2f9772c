package io.holdfast.cli.command;

import io.holdfast.cli.demo.Demo;
import io.holdfast.cli.output.Console;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Backs up a live sample database, verifies the backup, destroys the database, brings it back,"
                + " and compares every row.")
final class DemoCommand implements Callable<Integer> {
    @Mixin
    GlobalOptions global;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            description = "how large the sample is about to be, such as 1GB (default: ${DEFAULT-VALUE})",
            defaultValue = "30MB",
            converter = SizeArgument.class)
    long size;

    @Option(
            names = "--exit",
            description = "stop everything at the end, and exit with 0 only if all was proven;"
                    + " otherwise everything keeps running until Ctrl-C")
    boolean exit;

    @Override
    public Integer call() throws Exception {
        Console console = global.console();
        return new Demo(console, Clock.systemUTC(), new SecureRandom())
                .run(folder -> LocalInstance.at(folder, console), global.chosenData(), size, exit);
    }
}

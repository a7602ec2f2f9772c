package io.holdfast.cli.command;

import io.holdfast.cli.output.Console;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every command understands. */
final class GlobalOptions {
    @Option(names = "--json", description = "print the result as one JSON object, the last line of standard output")
    boolean json;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "the local instance's folder (default: HOLDFAST_DATA, else ~/.holdfast; root: /var/lib/holdfast)")
    @Nullable
    Path data;

    Console console() {
        return new Console(System.out, System.err, json, Boolean.getBoolean("holdfast.terminal"));
    }

    Optional<Path> chosenData() {
        return Optional.ofNullable(data);
    }
}

package io.holdfast.cli.command;

import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.ExitCode;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code holdfast}: the command line. */
@Command(
        name = "holdfast",
        version = "holdfast 0.1.0",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Backs databases up, proves that they can be brought back, and brings them back.",
        subcommands = {
            UpCommand.class,
            DownCommand.class,
            KeysCommand.class,
        })
public final class Holdfast {
    private static final Logger LIBRARIES = Logger.getLogger("");

    Holdfast() {}

    public static void main(String[] arguments) {
        // What libraries have to say is either repeated in a failure's message or of no use here.
        LogManager.getLogManager().reset();
        LIBRARIES.setLevel(Level.OFF);
        System.exit(run(arguments));
    }

    /** Runs a command and returns what to exit with. */
    static int run(String... arguments) {
        return new CommandLine(new Holdfast())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> report(failure))
                .execute(arguments);
    }

    private static int report(Exception failure) {
        if (failure instanceof CommandFailure known) {
            System.err.println("holdfast: " + known.getMessage() + "\nHINT: " + known.hint());
            return known.exitCode();
        }
        String message = failure.getMessage();
        System.err.println("holdfast: " + (message == null ? failure.toString() : message));
        if (System.getenv("HOLDFAST_DEBUG") != null) {
            failure.printStackTrace();
        } else {
            System.err.println("HINT: HOLDFAST_DEBUG=1 shows where that came from.");
        }
        return ExitCode.UNEXPECTED;
    }
}

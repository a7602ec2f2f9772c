package io.holdfast.cli.command;

import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.ExitCode;
import io.holdfast.cli.output.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
            CatalogCommand.class,
            StatusCommand.class,
            DemoCommand.class,
            BackupCommand.class,
            ListCommand.class,
            WindowCommand.class,
            RestoreCommand.class,
            PromoteCommand.class,
            VerifyCommand.class,
            DrillCommand.class,
            RetentionCommand.class,
            HoldCommand.class,
            ReleaseCommand.class,
            CancelCommand.class,
            NotifyCommand.class,
            EventsCommand.class,
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
                .setExecutionExceptionHandler((failure, command, parsed) ->
                        report(failure, List.of(arguments).contains("--json")))
                .execute(arguments);
    }

    private static int report(Exception failure, boolean json) {
        int exitCode = failure instanceof CommandFailure known ? known.exitCode() : ExitCode.UNEXPECTED;
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        String hint =
                failure instanceof CommandFailure known ? known.hint() : "HOLDFAST_DEBUG=1 shows where that came from";
        System.err.println("holdfast: " + message + "\nHINT: " + hint);
        if (System.getenv("HOLDFAST_DEBUG") != null) {
            failure.printStackTrace();
        }
        if (json) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("ok", false);
            result.put("exit_code", exitCode);
            result.put("message", message);
            result.put("hint", hint);
            System.out.println(Json.line(result));
        }
        return exitCode;
    }
}

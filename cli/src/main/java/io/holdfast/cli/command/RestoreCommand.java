package io.holdfast.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.client.ControlPlane;
import io.holdfast.cli.client.Outcome;
import io.holdfast.cli.client.Waiting;
import io.holdfast.cli.output.Console;
import io.holdfast.cli.output.Json;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast restore}. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        description = "Brings a backup back, and waits until that is done. The directory is on the host of the site's"
                + " restore-worker; in local mode, on this one.")
final class RestoreCommand implements Callable<Integer> {
    @Mixin
    GlobalOptions global;

    @Mixin
    ServerOptions server;

    @Option(names = "--backup", paramLabel = "ID", description = "which backup; without a moment, to its end")
    @Nullable
    String backup;

    @Option(
            names = "--target",
            paramLabel = "NAME",
            description = "whose backup, in place of --backup: the newest that comes before the moment")
    @Nullable
    String target;

    @Mixin
    MomentOptions moment;

    @Mixin
    CautionOptions caution;

    @Mixin
    HookOptions hooks;

    @Mixin
    BreakGlassOptions breakGlass;

    @ArgGroup
    Destination destination = new Destination();

    /** One of the two. */
    static final class Destination {
        @Option(
                names = "--into",
                paramLabel = "DIR",
                description = "a directory, for a full backup; fresh, unless --delta")
        @Nullable
        Path into;

        @Option(
                names = "--into-database",
                paramLabel = "URL",
                description =
                        "a database, for a logical backup or a part of a full one: postgresql://user@host:5432/name. It"
                                + " must not exist or be empty, unless --schema or --table is given")
        @Nullable
        String intoDatabase;
    }

    @Option(names = "--start", description = "leave the restored server running")
    boolean start;

    @Option(
            names = "--standby",
            description = "leave it running as a standby that follows what is stored, until it is promoted")
    boolean standby;

    @Option(
            names = "--tablespace",
            paramLabel = "OID=DIR",
            description = "where a tablespace goes; may be repeated (default: DIR.tablespaces/OID)")
    @Nullable
    Map<String, Path> tablespaces;

    @Option(
            names = "--restore-port",
            paramLabel = "N",
            description = "the restored server's port (default: a free one)")
    @Nullable
    Integer port;

    @Option(
            names = "--password-ref",
            paramLabel = "REF",
            description = "where the restore-worker finds the password for --into-database: env:NAME or file:/path")
    @Nullable
    String passwordReference;

    @Option(
            names = {"--source-database", "--database"},
            paramLabel = "NAME",
            description = "which of the backup's databases, for --into-database")
    @Nullable
    String sourceDatabase;

    @Option(
            names = "--schema",
            paramLabel = "NAME",
            description = "of that database, only this schema; may be repeated. Nothing in it may exist already")
    @Nullable
    List<String> schemas;

    @Option(
            names = "--table",
            paramLabel = "SCHEMA.TABLE",
            description = "of that database, only this table with all that belongs to it; may be repeated. It must not"
                    + " exist already. Names with a dot stand between double quotes")
    @Nullable
    List<String> tables;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description =
                    "load a logical backup over N connections, where the restore-worker may spool it (default: 1)")
    @Nullable
    Integer jobs;

    @Option(names = "--site", paramLabel = "NAME", description = "which site restores (default: local)")
    @Nullable
    String site;

    @Option(
            names = "--accept-damage",
            description = "restore what can be read of a damaged backup, and say what is missing")
    boolean acceptDamage;

    @Option(
            names = "--accept-unencrypted",
            description =
                    "restore a backup that is not encrypted, though its repository encrypts: one from before that")
    boolean acceptUnencrypted;

    @Option(names = "--reason", paramLabel = "TEXT", description = "why, for people")
    @Nullable
    String reason;

    @Option(names = "--no-wait", description = "return at once")
    boolean noWait;

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
        if (breakGlass.repository != null) {
            return new BreakGlass(this, console).run();
        }
        ControlPlane plane = server.connect(global);
        Map<String, Object> fields = new RestoreForm(this).fields();
        if (caution.over() && !caution.dryRun) {
            String whose = target == null ? Json.text(plane.backup(String.valueOf(backup)), "target") : target;
            caution.confirm(console, whose, String.valueOf(destination.into));
            fields.put("confirm", whose);
        }
        JsonNode restore = plane.createRestore(fields);
        String id = Json.text(restore, "restore_id");
        if (!noWait) {
            console.note((caution.dryRun ? "dry run " : "restore ") + id + " is requested");
            restore = new Waiting(plane, console, Clock.systemUTC()).forRestore(id, Optional.ofNullable(timeout));
        }
        Outcome outcome = Outcome.of(restore);
        console.result(Outcomes.ofRestore(restore, !noWait), text(id, restore, outcome));
        return outcome.exitCode();
    }

    private static String text(String id, JsonNode restore, Outcome outcome) {
        if (outcome.status().equals("planned")) {
            return RestoreText.planned(restore);
        }
        StringBuilder text =
                new StringBuilder("restore ").append(id).append(' ').append(outcome.status());
        RestoreText.describe(text, restore);
        if (!outcome.failureText().isEmpty()) {
            text.append('\n').append(outcome.failureText());
        }
        return text.toString();
    }
}

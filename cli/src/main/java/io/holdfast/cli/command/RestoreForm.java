package io.holdfast.cli.command;

import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.ExitCode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the arguments of {@code holdfast restore} ask the API for. */
final class RestoreForm {
    private final RestoreCommand arguments;

    RestoreForm(RestoreCommand arguments) {
        this.arguments = arguments;
    }

    Map<String, Object> fields() throws CommandFailure {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (arguments.destination.into == null && arguments.destination.intoDatabase == null) {
            throw new CommandFailure(
                    ExitCode.USAGE, "where to is missing", "name a directory with --into, or --into-database");
        }
        arguments.breakGlass.refuseWithoutRepository();
        Fields.put(fields, "backup_id", arguments.backup);
        Fields.put(fields, "target", arguments.target);
        fields.putAll(arguments.moment.fields());
        requireBackupOrMoment();
        Path into = arguments.destination.into;
        if (into != null) {
            refuse("--password-ref", arguments.passwordReference);
            refuse("--source-database", arguments.sourceDatabase);
            refuse("--schema", arguments.schemas);
            refuse("--table", arguments.tables);
            refuse("--jobs", arguments.jobs);
            fields.put("directory", into.toAbsolutePath().normalize().toString());
            fields.put("start", arguments.start);
            Fields.put(fields, "tablespaces", tablespaces(arguments.tablespaces));
            arguments.caution.requireSense();
            arguments.caution.addTo(fields);
            Fields.put(fields, "standby", arguments.standby ? true : null);
        } else {
            refuse("--restore-port", arguments.port);
            refuse("--start", arguments.start ? true : null);
            refuse("--tablespace", arguments.tablespaces);
            refuse("--delta", arguments.caution.over() ? true : null);
            refuse("--dry-run", arguments.caution.dryRun ? true : null);
            refuse("--verify", arguments.caution.verify ? true : null);
            refuse("--safety-backup", arguments.caution.safetyBackup ? true : null);
            refuse("--standby", arguments.standby ? true : null);
            Fields.put(fields, "into_database", arguments.destination.intoDatabase);
            Fields.put(fields, "password", arguments.passwordReference);
            Fields.put(fields, "source_database", arguments.sourceDatabase);
            Fields.put(fields, "schemas", arguments.schemas);
            Fields.put(fields, "tables", arguments.tables);
            Fields.put(fields, "jobs", arguments.jobs);
        }
        Fields.put(fields, "port", arguments.port);
        Fields.put(fields, "site", arguments.site);
        Fields.put(fields, "accept_damage", arguments.acceptDamage ? true : null);
        Fields.put(fields, "accept_unencrypted", arguments.acceptUnencrypted ? true : null);
        fields.putAll(arguments.hooks.fields());
        Fields.put(fields, "reason", arguments.reason);
        Fields.put(fields, "requested_by", BackupCommand.requester());
        return fields;
    }

    private void requireBackupOrMoment() throws CommandFailure {
        boolean moment = arguments.standby || arguments.moment.moment().isPresent();
        if (arguments.backup == null && (arguments.target == null || !moment)) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "what to restore is missing",
                    "name --backup ID, or --target NAME with --latest, --to-time, --to-lsn or --standby");
        }
    }

    static @Nullable Map<String, String> tablespaces(@Nullable Map<String, Path> given) {
        if (given == null) {
            return null;
        }
        Map<String, String> absolute = new LinkedHashMap<>();
        given.forEach((oid, path) ->
                absolute.put(oid, path.toAbsolutePath().normalize().toString()));
        return absolute;
    }

    private static void refuse(String option, @Nullable Object value) throws CommandFailure {
        if (value != null) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    option + " does not go with this destination",
                    "--start, --standby, --delta, --force, --dry-run, --verify, --safety-backup, --tablespace and --restore-port belong to --into; --password-ref, --source-database,"
                            + " --schema, --table and --jobs to --into-database");
        }
    }
}

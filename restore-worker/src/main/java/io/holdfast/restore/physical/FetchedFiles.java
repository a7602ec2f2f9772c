package io.holdfast.restore.physical;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.cluster.GeneratedConfiguration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * Makes fetched files into a data directory that a server recovers: the found configuration is laid aside, ours put in its
 * place, and what says where recovery begins is made to fit.
 */
final class FetchedFiles {
    private static final List<String> FOUND = List.of(
            "postgresql.conf",
            "postgresql.auto.conf",
            "pg_hba.conf",
            "pg_ident.conf",
            "recovery.signal",
            "standby.signal");
    private static final List<String> OF_THE_OLD_SERVER =
            List.of("postmaster.pid", "postmaster.opts", "tablespace_map", "current_logfiles");
    private static final String LABEL = "backup_label";

    private FetchedFiles() {}

    static void prepare(Path data, GeneratedConfiguration configuration) throws IOException, RestoreException {
        for (String name : FOUND) {
            Path file = data.resolve(name);
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                Files.move(file, data.resolve(name + ".found"), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        // The map names the original's tablespaces; the links made here name ours.
        for (String name : OF_THE_OLD_SERVER) {
            Files.deleteIfExists(data.resolve(name));
        }
        keepLabelOfAFullBackup(data.resolve(LABEL));
        write(data.resolve("postgresql.conf"), configuration.postgresqlConf());
        write(data.resolve("postgresql.auto.conf"), "# Written by ALTER SYSTEM.\n");
        write(data.resolve("pg_hba.conf"), configuration.hbaConf());
        write(data.resolve("pg_ident.conf"), configuration.identConf());
        write(data.resolve("recovery.signal"), "");
    }

    /** Has the server follow the log as a standby, on every start until it is promoted. */
    static void makeStandby(Path data, String restoreCommand) throws IOException {
        Files.delete(data.resolve("recovery.signal"));
        write(data.resolve("standby.signal"), "");
        write(
                data.resolve("postgresql.conf"),
                Files.readString(data.resolve("postgresql.conf"))
                        + """

                        # A standby that follows what is stored in the repository. Until it is promoted, the restore-worker answers.
                        restore_command = %s
                        recovery_target_timeline = 'latest'
                        hot_standby = on
                        wal_retrieve_retry_interval = 1s
                        """.formatted("'"
                                + restoreCommand.replace("\\", "\\\\").replace("'", "''") + "'"));
    }

    /** Without a label the server would take a copy of running files for a crashed cluster, and start on torn data. */
    private static void keepLabelOfAFullBackup(Path label) throws IOException, RestoreException {
        if (!Files.isRegularFile(label, LinkOption.NOFOLLOW_LINKS)) {
            throw new RestoreException(
                    FailureCategory.RECOVERY_FAILED,
                    "the backup holds no backup_label, so nothing says where its recovery begins.",
                    "restore another backup, and make a new one.");
        }
        // The server refuses the label of an incremental; what was restored is a full directory.
        List<String> kept = Files.readAllLines(label, StandardCharsets.UTF_8).stream()
                .filter(line -> !line.startsWith("INCREMENTAL FROM "))
                .toList();
        write(label, String.join("\n", kept) + "\n");
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardCharsets.UTF_8);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        RestoreMarker.sync(file);
    }
}

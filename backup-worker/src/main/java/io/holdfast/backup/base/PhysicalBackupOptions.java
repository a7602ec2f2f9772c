package io.holdfast.backup.base;

import io.holdfast.backup.replication.BaseBackupCommand;
import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.write.WriterOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is to be made, and how.
 *
 * @param fastCheckpoint whether the server checkpoints at once instead of spread over minutes
 * @param estimateSize whether the server counts its files first, for progress in percent
 * @param maxRateKib limit of the server's sending, KiB per second; null for none
 * @param lastSegmentPatience how long the last segment of the log may take to fill up; matters on quiet standbys
 * @param writer how the repository writes
 * @param walDirectory an existing folder for segments while they stream in
 * @param labels free text kept in the backup's manifest; never secrets
 * @param incremental whether what has not changed since an earlier backup is shared with it
 * @param readAllBecause why a server is not asked for what has changed since, if it could tell; null: it is asked
 * @param doubts why nothing of earlier backups is to be used, though it is incremental
 * @param beforeCommit run once, when all but the manifest is stored: what it throws ends the attempt without a backup
 * @param database one that the role may connect to, to ask the server what it knows of changes
 */
public record PhysicalBackupOptions(
        BackupId backup,
        AttemptId attempt,
        boolean fastCheckpoint,
        boolean estimateSize,
        @Nullable Integer maxRateKib,
        Duration lastSegmentPatience,
        WriterOptions writer,
        Path walDirectory,
        Map<String, String> labels,
        boolean incremental,
        @Nullable String readAllBecause,
        Doubts doubts,
        Runnable beforeCommit,
        String database) {
    public PhysicalBackupOptions {
        labels = Map.copyOf(labels);
    }

    /** Knows of clusters whose history may be another than that of their backups. */
    @FunctionalInterface
    public interface Doubts {
        /**
         * Why a cluster's earlier backups are not to be used.
         *
         * @param systemIdentifier unsigned
         */
        Optional<String> about(long systemIdentifier);
    }

    /** A fast checkpoint, sizes estimated, no limit, and half a minute for the last segment. */
    public static PhysicalBackupOptions of(
            BackupId backup, AttemptId attempt, WriterOptions writer, Path walDirectory) {
        return new PhysicalBackupOptions(
                backup,
                attempt,
                true,
                true,
                null,
                Duration.ofSeconds(30),
                writer,
                walDirectory,
                Map.of(),
                false,
                null,
                systemIdentifier -> Optional.empty(),
                () -> {},
                "postgres");
    }

    /** The same with a limit of the server's sending. */
    public PhysicalBackupOptions withMaxRateKib(@Nullable Integer limit) {
        return new PhysicalBackupOptions(
                backup,
                attempt,
                fastCheckpoint,
                estimateSize,
                limit,
                lastSegmentPatience,
                writer,
                walDirectory,
                labels,
                incremental,
                readAllBecause,
                doubts,
                beforeCommit,
                database);
    }

    /** The same with another patience for the last segment. */
    public PhysicalBackupOptions withLastSegmentPatience(Duration patience) {
        return new PhysicalBackupOptions(
                backup,
                attempt,
                fastCheckpoint,
                estimateSize,
                maxRateKib,
                patience,
                writer,
                walDirectory,
                labels,
                incremental,
                readAllBecause,
                doubts,
                beforeCommit,
                database);
    }

    /** The same with labels. */
    public PhysicalBackupOptions withLabels(Map<String, String> more) {
        return new PhysicalBackupOptions(
                backup,
                attempt,
                fastCheckpoint,
                estimateSize,
                maxRateKib,
                lastSegmentPatience,
                writer,
                walDirectory,
                more,
                incremental,
                readAllBecause,
                doubts,
                beforeCommit,
                database);
    }

    /** The same with something to run before the manifest is made. */
    public PhysicalBackupOptions withBeforeCommit(Runnable action) {
        return new PhysicalBackupOptions(
                backup,
                attempt,
                fastCheckpoint,
                estimateSize,
                maxRateKib,
                lastSegmentPatience,
                writer,
                walDirectory,
                labels,
                incremental,
                readAllBecause,
                doubts,
                action,
                database);
    }

    /** The same as an incremental backup, or not. */
    public PhysicalBackupOptions withIncremental(boolean shared) {
        return new PhysicalBackupOptions(
                backup,
                attempt,
                fastCheckpoint,
                estimateSize,
                maxRateKib,
                lastSegmentPatience,
                writer,
                walDirectory,
                labels,
                shared,
                readAllBecause,
                doubts,
                beforeCommit,
                database);
    }

    /** The same without asking the server for changes, for a reason; null for asking. */
    public PhysicalBackupOptions withReadAllBecause(@Nullable String reason) {
        return new PhysicalBackupOptions(
                backup,
                attempt,
                fastCheckpoint,
                estimateSize,
                maxRateKib,
                lastSegmentPatience,
                writer,
                walDirectory,
                labels,
                incremental,
                reason,
                doubts,
                beforeCommit,
                database);
    }

    /** The same, with clusters of which earlier backups are not used. */
    public PhysicalBackupOptions withDoubts(Doubts known) {
        return new PhysicalBackupOptions(
                backup,
                attempt,
                fastCheckpoint,
                estimateSize,
                maxRateKib,
                lastSegmentPatience,
                writer,
                walDirectory,
                labels,
                incremental,
                readAllBecause,
                known,
                beforeCommit,
                database);
    }

    /** The same by way of another database. */
    public PhysicalBackupOptions withDatabase(String name) {
        return new PhysicalBackupOptions(
                backup,
                attempt,
                fastCheckpoint,
                estimateSize,
                maxRateKib,
                lastSegmentPatience,
                writer,
                walDirectory,
                labels,
                incremental,
                readAllBecause,
                doubts,
                beforeCommit,
                name);
    }

    /** The same as another attempt. */
    PhysicalBackupOptions withAttempt(AttemptId other) {
        return new PhysicalBackupOptions(
                backup,
                other,
                fastCheckpoint,
                estimateSize,
                maxRateKib,
                lastSegmentPatience,
                writer,
                walDirectory,
                labels,
                incremental,
                readAllBecause,
                doubts,
                beforeCommit,
                database);
    }

    BaseBackupCommand command(boolean onlyChanges) {
        return new BaseBackupCommand("holdfast " + backup, fastCheckpoint, estimateSize, maxRateKib, onlyChanges);
    }
}

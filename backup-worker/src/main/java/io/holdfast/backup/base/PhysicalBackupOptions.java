package io.holdfast.backup.base;

import io.holdfast.backup.replication.BaseBackupCommand;
import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.write.WriterOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
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
        return with(draft -> draft.maxRateKib = limit);
    }

    /** The same with another patience for the last segment. */
    public PhysicalBackupOptions withLastSegmentPatience(Duration patience) {
        return with(draft -> draft.lastSegmentPatience = patience);
    }

    /** The same with labels. */
    public PhysicalBackupOptions withLabels(Map<String, String> more) {
        return with(draft -> draft.labels = more);
    }

    /** The same with something to run before the manifest is made. */
    public PhysicalBackupOptions withBeforeCommit(Runnable action) {
        return with(draft -> draft.beforeCommit = action);
    }

    /** The same as an incremental backup, or not. */
    public PhysicalBackupOptions withIncremental(boolean shared) {
        return with(draft -> draft.incremental = shared);
    }

    /** The same without asking the server for changes, for a reason; null for asking. */
    public PhysicalBackupOptions withReadAllBecause(@Nullable String reason) {
        return with(draft -> draft.readAllBecause = reason);
    }

    /** The same, with clusters of which earlier backups are not used. */
    public PhysicalBackupOptions withDoubts(Doubts known) {
        return with(draft -> draft.doubts = known);
    }

    /** The same by way of another database. */
    public PhysicalBackupOptions withDatabase(String name) {
        return with(draft -> draft.database = name);
    }

    /** The same as another attempt. */
    PhysicalBackupOptions withAttempt(AttemptId other) {
        return with(draft -> draft.attempt = other);
    }

    private PhysicalBackupOptions with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.made();
    }

    /** What can be changed, as it was at first. For one thread. */
    private static final class Draft {
        private final PhysicalBackupOptions from;
        private AttemptId attempt;
        private @Nullable Integer maxRateKib;
        private Duration lastSegmentPatience;
        private Map<String, String> labels;
        private boolean incremental;
        private @Nullable String readAllBecause;
        private Doubts doubts;
        private Runnable beforeCommit;
        private String database;

        private Draft(PhysicalBackupOptions from) {
            this.from = from;
            this.attempt = from.attempt;
            this.maxRateKib = from.maxRateKib;
            this.lastSegmentPatience = from.lastSegmentPatience;
            this.labels = from.labels;
            this.incremental = from.incremental;
            this.readAllBecause = from.readAllBecause;
            this.doubts = from.doubts;
            this.beforeCommit = from.beforeCommit;
            this.database = from.database;
        }

        private PhysicalBackupOptions made() {
            return new PhysicalBackupOptions(
                    from.backup,
                    attempt,
                    from.fastCheckpoint,
                    from.estimateSize,
                    maxRateKib,
                    lastSegmentPatience,
                    from.writer,
                    from.walDirectory,
                    labels,
                    incremental,
                    readAllBecause,
                    doubts,
                    beforeCommit,
                    database);
        }
    }

    BaseBackupCommand command(boolean onlyChanges) {
        return new BaseBackupCommand("holdfast " + backup, fastCheckpoint, estimateSize, maxRateKib, onlyChanges);
    }
}

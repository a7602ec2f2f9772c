package io.holdfast.notifier.incident;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What can fail and work again: one incident is open for it at a time.
 *
 * @param what     what sort of work
 * @param target   whose
 * @param kind     for backups: of which kind
 * @param repository where it lies or goes; absent: not known, or no matter
 * @param instance where each occurrence stands for itself: which
 */
public record Matter(
        What what,
        TargetId target,
        @Nullable BackupKind kind,
        @Nullable RepositoryId repository,
        @Nullable BackupId instance) {

    /** Sorts of work. */
    public enum What {
        BACKUP,
        VERIFICATION,
        RESTORE,
        DRILL,
        SCHEDULE,
        WAL,
        GAP
    }

    static Matter backup(TargetId target, BackupKind kind, @Nullable RepositoryId repository) {
        return new Matter(What.BACKUP, target, kind, repository, null);
    }

    static Matter verification(TargetId target, RepositoryId repository) {
        return new Matter(What.VERIFICATION, target, null, repository, null);
    }

    static Matter restore(TargetId target) {
        return new Matter(What.RESTORE, target, null, null, null);
    }

    /** That the log reaches the repository. */
    static Matter wal(TargetId target) {
        return new Matter(What.WAL, target, null, null, null);
    }

    /** That no piece of the log is missing. */
    static Matter gap(TargetId target) {
        return new Matter(What.GAP, target, null, null, null);
    }

    /** A loss of log stands for itself, with the base backup that ends it. */
    static Matter lost(TargetId target, BackupId endedBy) {
        return new Matter(What.GAP, target, null, null, endedBy);
    }

    static Matter drill(TargetId target) {
        return new Matter(What.DRILL, target, null, null, null);
    }

    /** Missed runs that are caught up by one backup are one matter. */
    static Matter missed(TargetId target, BackupKind kind, @Nullable RepositoryId repository, BackupId caughtUpBy) {
        return new Matter(What.SCHEDULE, target, kind, repository, caughtUpBy);
    }

    /** The same wherever it goes: what failed before that was known. */
    Optional<Matter> anywhere() {
        return repository == null ? Optional.empty() : Optional.of(new Matter(what, target, kind, null, instance));
    }

    /** Its name in the database: {@code backup/orders/full/main}. */
    public String key() {
        StringBuilder key = new StringBuilder(what.name().toLowerCase(Locale.ROOT) + "/" + target);
        if (kind != null) {
            key.append('/').append(kind.wireName());
        }
        if (repository != null) {
            key.append('/').append(repository);
        }
        if (instance != null) {
            key.append('/').append(instance);
        }
        return key.toString();
    }

    /** As people say it: {@code orders full backup to main}. */
    public String title() {
        return switch (what) {
            case BACKUP, SCHEDULE ->
                target + (kind == null ? "" : " " + kind.wireName()) + " backup"
                        + (repository == null ? "" : " to " + repository);
            case VERIFICATION -> target + " verification" + (repository == null ? "" : " in " + repository);
            case RESTORE -> target + " restore";
            case WAL -> target + " WAL";
            case GAP -> target + " recovery window";
            case DRILL -> target + " drill";
        };
    }
}

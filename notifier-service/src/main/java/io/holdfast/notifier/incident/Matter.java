package io.holdfast.notifier.incident;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.alert.AlertKey;
import io.holdfast.events.alert.AlertKind;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What can fail and work again: one incident is open for it at a time, whoever says so. Its key is also the key of its
 * alert, so what another service raises under the key of a matter is the same matter.
 */
public sealed interface Matter {

    /** Its name in the database, and as an alert: {@code backup/orders/full/main}. */
    String key();

    /** As people say it: {@code orders full backup to main}. */
    String title();

    /** What sort of alert it is: {@code backup_failed}. */
    AlertKind kind();

    /** Whose; absent where it is no one target's. */
    @Nullable
    TargetId target();

    /** Where it lies or goes; absent: not known, or no matter. */
    @Nullable
    RepositoryId repository();

    /** The same wherever it goes: what failed before that was known. */
    default Optional<Matter> anywhere() {
        return Optional.empty();
    }

    /** Sorts of work. */
    enum What {
        BACKUP("backup_failed"),
        VERIFICATION("verification_failed"),
        RESTORE("restore_failed"),
        DRILL("drill_failed"),
        SCHEDULE("backup_missed"),
        RETENTION("retention_failed"),
        APPROVAL("retention_approval_awaited"),
        WAL("wal_interrupted"),
        GAP("wal_gap");

        private final AlertKind kind;

        What(String kind) {
            this.kind = new AlertKind(kind);
        }
    }

    /**
     * Work of one target.
     *
     * @param what       what sort of work
     * @param target     whose
     * @param backupKind for backups: of which kind
     * @param repository where it lies or goes; absent: not known, or no matter
     * @param instance   where each occurrence stands for itself: which
     */
    record OfWork(
            What what,
            TargetId target,
            @Nullable BackupKind backupKind,
            @Nullable RepositoryId repository,
            @Nullable BackupId instance)
            implements Matter {

        @Override
        public Optional<Matter> anywhere() {
            return repository == null
                    ? Optional.empty()
                    : Optional.of(new OfWork(what, target, backupKind, null, instance));
        }

        @Override
        public AlertKind kind() {
            return what.kind;
        }

        @Override
        public String key() {
            StringBuilder key = new StringBuilder(what.name().toLowerCase(Locale.ROOT) + "/" + target);
            if (backupKind != null) {
                key.append('/').append(backupKind.wireName());
            }
            if (repository != null) {
                key.append('/').append(repository);
            }
            if (instance != null) {
                key.append('/').append(instance);
            }
            return key.toString();
        }

        @Override
        public String title() {
            return switch (what) {
                case BACKUP, SCHEDULE ->
                    target + (backupKind == null ? "" : " " + backupKind.wireName()) + " backup"
                            + (repository == null ? "" : " to " + repository);
                case VERIFICATION -> target + " verification" + (repository == null ? "" : " in " + repository);
                case RESTORE -> target + " restore";
                case RETENTION -> target + " retention" + (repository == null ? "" : " in " + repository);
                case APPROVAL -> target + " removal of backups" + (repository == null ? "" : " in " + repository);
                case WAL -> target + " WAL";
                case GAP -> target + " recovery window";
                case DRILL -> target + " drill";
            };
        }
    }

    /** That a repository can be reached: what stands behind the failures of many. */
    record OfRepository(RepositoryId repository) implements Matter {

        private static final AlertKind KIND = new AlertKind("repository_unreachable");
        private static final String KEY = "repository/";

        @Override
        public @Nullable TargetId target() {
            return null;
        }

        @Override
        public AlertKind kind() {
            return KIND;
        }

        @Override
        public String key() {
            return KEY + repository;
        }

        @Override
        public String title() {
            return "repository " + repository;
        }

        /** The matter of that key, which is one of this sort. */
        static OfRepository ofKey(String key) {
            return new OfRepository(new RepositoryId(key.substring(KEY.length())));
        }
    }

    /** What another service raised. */
    record OfAlert(
            AlertKey alert,
            AlertKind kind,
            @Nullable TargetId target,
            @Nullable RepositoryId repository) implements Matter {

        @Override
        public String key() {
            return alert.value();
        }

        @Override
        public String title() {
            return kind.value().replace('_', ' ')
                    + (target == null ? "" : " of " + target)
                    + (repository == null ? "" : " in " + repository);
        }
    }

    static Matter backup(TargetId target, BackupKind kind, @Nullable RepositoryId repository) {
        return new OfWork(What.BACKUP, target, kind, repository, null);
    }

    static Matter verification(TargetId target, RepositoryId repository) {
        return new OfWork(What.VERIFICATION, target, null, repository, null);
    }

    static Matter retention(TargetId target, RepositoryId repository) {
        return new OfWork(What.RETENTION, target, null, repository, null);
    }

    /** That somebody has to agree to what retention would remove. */
    static Matter approval(TargetId target, RepositoryId repository) {
        return new OfWork(What.APPROVAL, target, null, repository, null);
    }

    static Matter restore(TargetId target) {
        return new OfWork(What.RESTORE, target, null, null, null);
    }

    /** That the log reaches the repository. */
    static Matter wal(TargetId target) {
        return new OfWork(What.WAL, target, null, null, null);
    }

    /** That no piece of the log is missing. */
    static Matter gap(TargetId target) {
        return new OfWork(What.GAP, target, null, null, null);
    }

    /** A loss of log stands for itself, with the base backup that ends it. */
    static Matter lost(TargetId target, BackupId endedBy) {
        return new OfWork(What.GAP, target, null, null, endedBy);
    }

    static Matter drill(TargetId target) {
        return new OfWork(What.DRILL, target, null, null, null);
    }

    /** Missed runs that are caught up by one backup are one matter. */
    static Matter missed(TargetId target, BackupKind kind, @Nullable RepositoryId repository, BackupId caughtUpBy) {
        return new OfWork(What.SCHEDULE, target, kind, repository, caughtUpBy);
    }
}

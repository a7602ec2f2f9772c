package io.holdfast.restore.physical;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.window.Moment;
import io.holdfast.repository.window.Reach;
import io.holdfast.repository.window.RecoveryWindow;
import io.holdfast.repository.window.WindowBase;
import io.holdfast.restore.RestoreException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which backup a recovery begins with, where none is named: the newest from which the moment can be reached. */
public final class BackupChoice {
    private BackupChoice() {}

    /**
     * Chooses.
     *
     * @param bases all base backups of the cluster
     * @throws RestoreException if there is none, with the nearest moments that can be reached
     */
    public static BackupId of(RecoveryTarget target, RecoveryWindow window, List<WindowBase> bases)
            throws RepositoryException, RestoreException {
        int timeline = timeline(target, window, bases);
        Moment end = window.end(timeline)
                .orElseThrow(() -> new RestoreException(
                        FailureCategory.WAL_MISSING,
                        "nothing that is stored leads to timeline " + Integer.toUnsignedString(timeline) + ".",
                        "recover along another one."));
        Reach atEnd = window.reach(timeline, end.lsn());
        return switch (target) {
            case RecoveryTarget.Latest latest -> base(target, atEnd, Optional.empty());
            case RecoveryTarget.Immediate immediate -> base(target, atEnd, Optional.empty());
            case RecoveryTarget.Position position ->
                base(target, window.reach(timeline, Lsn.parse(position.lsn())), Optional.empty());
            case RecoveryTarget.Time time ->
                // Behind the last sample the log itself has to tell; whether it may is looked at again for the backup.
                base(
                        target,
                        window.reach(timeline, time.time()),
                        Optional.of(atEnd)
                                .filter(reach -> end.time()
                                        .filter(known -> known.isBefore(time.time()))
                                        .isPresent()));
            case RecoveryTarget.Transaction transaction -> throw cannotTell();
            case RecoveryTarget.Named named -> throw cannotTell();
        };
    }

    private static int timeline(RecoveryTarget target, RecoveryWindow window, List<WindowBase> bases)
            throws RestoreException {
        WindowBase newest = bases.stream()
                .max(Comparator.comparing(WindowBase::finishedAt))
                .orElseThrow(() -> new RestoreException(
                        FailureCategory.BACKUP_NOT_FOUND, "there is no backup to begin with.", "make one."));
        if (target.along().number().isPresent()) {
            return target.along().number().getAsInt();
        }
        return target.along().value().equals("current")
                ? newest.wal().timeline()
                : window.latestTimeline().orElse(newest.wal().timeline());
    }

    private static BackupId base(RecoveryTarget target, Reach reach, Optional<Reach> otherwise)
            throws RestoreException {
        if (reach instanceof Reach.Reachable reachable) {
            return reachable.base().backup();
        }
        if (otherwise.isPresent() && otherwise.get() instanceof Reach.Reachable last) {
            return last.base().backup();
        }
        throw RecoveryPlanner.outside(target, (Reach.Outside) reach);
    }

    private static RestoreException cannotTell() {
        return new RestoreException(
                FailureCategory.CONFIGURATION,
                "when a transaction or a restore point was is not known before it is found.",
                "name the newest backup from before it.");
    }
}

package io.holdfast.scheduler.restore;

import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.scheduler.catalog.Listed;
import io.holdfast.scheduler.catalog.LogPosition;
import io.holdfast.scheduler.request.RequestRefusedException;
import io.holdfast.scheduler.request.RequestRefusedException.Why;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which backup an order is about that names a target and a moment: the newest that comes before it. As far as the catalog
 * knows; the restore-worker looks at what lies in the repository, and refuses where the moment is not reachable. Pure.
 */
final class ChosenBackup {
    private ChosenBackup() {}

    /**
     * Chooses.
     *
     * @param target   whose they are, for messages
     * @param backups  the physical ones that can be restored, the newest first
     * @throws RequestRefusedException when none comes before the moment, or it cannot be told which
     */
    static Listed.Backup of(String target, RecoveryTarget moment, List<Listed.Backup> backups) {
        Predicate<Listed.Backup> before = switch (moment) {
            case RecoveryTarget.Latest latest -> backup -> true;
            case RecoveryTarget.Immediate immediate -> backup -> true;
            case RecoveryTarget.Time time -> backup -> !finished(backup).isAfter(time.time());
            case RecoveryTarget.Position position ->
                backup -> endsBefore(backup, position.lsn()) && sameCluster(backup, backups.getFirst());
            case RecoveryTarget.Transaction transaction -> throw cannotTell(target);
            case RecoveryTarget.Named named -> throw cannotTell(target);
        };
        return backups.stream().filter(before).findFirst().orElseThrow(() -> none(target, backups));
    }

    private static RequestRefusedException cannotTell(String target) {
        return new RequestRefusedException(
                Why.INVALID,
                "when a transaction or a restore point was is not known before it is found",
                "name with backup_id the newest backup of " + target + " from before it");
    }

    private static RequestRefusedException none(String target, List<Listed.Backup> backups) {
        Optional<Listed.Backup> oldest = backups.isEmpty() ? Optional.empty() : Optional.of(backups.getLast());
        return new RequestRefusedException(
                Why.CONFLICT,
                "no physical backup of " + target + " comes before that moment",
                oldest.map(first -> "the first moment that can be reached is the end of backup " + first.backupId()
                                + ", at " + finished(first) + (first.stopLsn() == null ? "" : ", " + first.stopLsn()))
                        .orElse("there is none that is whole; make one: POST /api/backup/create"));
    }

    private static boolean sameCluster(Listed.Backup one, Listed.Backup other) {
        return one.systemIdentifier() != null && one.systemIdentifier().equals(other.systemIdentifier());
    }

    private static boolean endsBefore(Listed.Backup backup, String lsn) {
        Optional<LogPosition> end = LogPosition.of(backup.stopLsn());
        Optional<LogPosition> wanted = LogPosition.of(lsn);
        return end.isPresent() && wanted.isPresent() && end.get().compareTo(wanted.get()) <= 0;
    }

    private static Instant finished(Listed.Backup backup) {
        Instant finished = backup.finishedAt();
        return finished == null ? Instant.MAX : finished;
    }
}

package io.holdfast.scheduler.catalog;

import io.holdfast.events.BackupId;
import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.request.HoldRequested;
import io.holdfast.events.request.RetentionRequest;
import io.holdfast.events.request.RetentionRequested;
import io.holdfast.events.retention.ApprovalAwaited;
import io.holdfast.events.retention.BackupDeleted;
import io.holdfast.events.retention.BackupExpired;
import io.holdfast.events.retention.BackupHeld;
import io.holdfast.events.retention.BackupKept;
import io.holdfast.events.retention.BackupReleased;
import io.holdfast.events.retention.HoldFailed;
import io.holdfast.events.retention.RetentionCancelled;
import io.holdfast.events.retention.RetentionCompleted;
import io.holdfast.events.retention.RetentionEvent;
import io.holdfast.events.retention.RetentionFailed;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the retention role did and was asked to do, as rows note it. */
final class RetentionFacts {

    private RetentionFacts() {}

    static void requested(Event<?> event, RetentionRequest data) {
        switch (data) {
            case RetentionRequested request -> {
                CatalogRetention run =
                        CatalogRetention.of(event.id(), request.target(), request.repository(), request.dryRun());
                run.requestedAt = event.time();
                run.reason = StoredJson.text(request.reason());
                run.requestedBy = StoredJson.text(request.requestedBy());
                run.settle();
            }
            case HoldRequested request -> {
                CatalogHold hold =
                        CatalogHold.of(request.target(), request.repository(), request.backupId(), request.hold());
                if (hold.askedAt == null || event.time().isAfter(hold.askedAt)) {
                    hold.asked = event.id().value();
                    hold.askedAt = event.time();
                }
            }
        }
    }

    static void note(Event<?> event, RetentionEvent data) {
        switch (data) {
            case BackupExpired expired ->
                backup(expired.backupId(), expired.target(), expired.repository())
                        .ifPresent(backup -> {
                            if (backup.expiredAt == null || expired.expiredAt().isAfter(backup.expiredAt)) {
                                backup.expiredAt = expired.expiredAt();
                                backup.expiredBecause = StoredJson.text(expired.reason());
                            }
                            backup.settle();
                        });
            case BackupKept kept ->
                backup(kept.backupId(), kept.target(), kept.repository()).ifPresent(backup -> {
                    backup.keptAt = later(backup.keptAt, kept.keptAt());
                    backup.settle();
                });
            case BackupDeleted deleted ->
                backup(deleted.backupId(), deleted.target(), deleted.repository())
                        .ifPresent(backup -> {
                            backup.deletedAt = deleted.deletedAt();
                            backup.settle();
                        });
            case BackupHeld held -> {
                CatalogHold hold = CatalogHold.of(held.target(), held.repository(), held.backupId(), held.hold());
                hold.answer(event.correlationId(), event.time());
                if (hold.heldAt == null || event.time().isAfter(hold.heldAt)) {
                    hold.heldAt = event.time();
                    hold.reason = StoredJson.text(held.reason());
                    hold.heldBy = StoredJson.text(held.heldBy());
                }
            }
            case BackupReleased released -> {
                CatalogHold hold =
                        CatalogHold.of(released.target(), released.repository(), released.backupId(), released.hold());
                hold.answer(event.correlationId(), event.time());
                if (hold.releasedAt == null || event.time().isAfter(hold.releasedAt)) {
                    hold.releasedAt = event.time();
                    hold.releasedBy = StoredJson.text(released.releasedBy());
                }
            }
            case HoldFailed failed -> {
                CatalogHold hold =
                        CatalogHold.of(failed.target(), failed.repository(), failed.backupId(), failed.hold());
                if (hold.answer(event.correlationId(), event.time())) {
                    hold.failure = StoredJson.of(failed.failure());
                }
            }
            case RetentionCompleted completed -> {
                CatalogRetention run = run(event, completed, completed.dryRun());
                run.completedAt = completed.finishedAt();
                run.result = StoredJson.of(completed);
                run.settle();
            }
            case RetentionFailed failed -> {
                CatalogRetention run = run(event, failed, failed.dryRun());
                run.failedAt = failed.failedAt();
                run.failure = StoredJson.of(failed.failure());
                run.settle();
            }
            case RetentionCancelled cancelled -> {
                CatalogRetention run = run(event, cancelled, false);
                run.cancelledAt = cancelled.cancelledAt();
                run.cancelledBy = StoredJson.text(cancelled.cancelledBy());
                run.settle();
            }
            // What waits stands in the run that found it, too.
            case ApprovalAwaited awaited -> {}
        }
    }

    /** Of another copy in another repository nothing is said. */
    private static Optional<CatalogBackup> backup(BackupId id, TargetId target, RepositoryId repository) {
        CatalogBackup backup = CatalogBackup.ofWork(id, target, new EventId(id.toString()));
        return backup.repository == null || backup.repository.equals(repository.value())
                ? Optional.of(backup)
                : Optional.empty();
    }

    private static CatalogRetention run(Event<?> event, RetentionEvent data, boolean dryRun) {
        return CatalogRetention.of(event.correlationId(), data.target(), data.repository(), dryRun);
    }

    private static Instant later(@Nullable Instant one, Instant other) {
        return one == null || other.isAfter(one) ? other : one;
    }
}

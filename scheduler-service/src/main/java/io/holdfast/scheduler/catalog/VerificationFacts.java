package io.holdfast.scheduler.catalog;

import io.holdfast.events.BackupId;
import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.request.VerificationRequested;
import io.holdfast.events.verification.BackupVerified;
import io.holdfast.events.verification.VerificationCancelled;
import io.holdfast.events.verification.VerificationEvent;
import io.holdfast.events.verification.VerificationFailed;
import java.time.Instant;

/**
 * What reading a backup back showed, as its row notes it: the newest verification is shown, and damage stays until one that
 * looked at least as deep finds none.
 */
final class VerificationFacts {

    private VerificationFacts() {}

    /** Of a backup that is not known there is nothing to note: it was to be read again, so it was known before. */
    static void requested(Event<?> event, VerificationRequested request) {
        CatalogBackup backup = CatalogBackup.findById(request.backupId().value());
        if (backup != null && (backup.readingAskedAt == null || backup.readingAskedAt.isBefore(event.time()))) {
            backup.readingAskedAt = event.time();
        }
    }

    /** A drill tells of backups that were told of before, so there is nothing to note of others. */
    static void restored(BackupId id, Instant at) {
        CatalogBackup backup = CatalogBackup.findById(id.value());
        if (backup != null) {
            backup.verdicts = StoredJson.of(Verdicts.of(backup.verdicts).withRestored(at));
            backup.settle();
        }
    }

    static void note(Event<?> event, VerificationEvent data) {
        if (data instanceof VerificationCancelled) {
            // Nothing is known that was not known before.
            return;
        }
        CatalogBackup backup = CatalogBackup.ofWork(data.backupId(), data.target(), request(data.backupId(), event));
        backup.verdicts = StoredJson.of(Verdicts.of(backup.verdicts).with(data));
        Instant checkedAt = switch (data) {
            case BackupVerified verified -> verified.finishedAt();
            case VerificationFailed failed -> failed.failedAt();
            case VerificationCancelled cancelled -> cancelled.cancelledAt();
        };
        if (backup.checkedAt != null && checkedAt.isBefore(backup.checkedAt)) {
            backup.settle();
            return;
        }
        backup.checkedAt = checkedAt;
        switch (data) {
            case BackupVerified verified -> {
                backup.verificationStartedAt = verified.startedAt();
                backup.verificationLevel = verified.level().wireName();
                backup.verificationBytesRead = verified.bytesRead();
                backup.verificationObjects = verified.objects();
                backup.verificationFailure = null;
                backup.verificationDamages = null;
                backup.verificationDamaged = null;
            }
            case VerificationFailed failed -> {
                backup.verificationStartedAt = failed.startedAt();
                backup.verificationLevel = null;
                backup.verificationBytesRead = null;
                backup.verificationObjects = null;
                backup.verificationFailure = StoredJson.of(failed.failure());
                backup.verificationDamages = StoredJson.of(failed.damages());
                backup.verificationDamaged = failed.damaged();
            }
            case VerificationCancelled cancelled -> {}
        }
        backup.settle();
    }

    /** A verification that somebody asked for correlates with that request, not with the backup's. */
    private static EventId request(BackupId backup, Event<?> event) {
        EventId correlation = event.correlationId();
        return BackupId.of(correlation).equals(backup) ? correlation : new EventId(backup.toString());
    }
}

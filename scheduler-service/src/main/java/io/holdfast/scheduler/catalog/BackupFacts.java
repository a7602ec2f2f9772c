package io.holdfast.scheduler.catalog;

import io.holdfast.events.BackupId;
import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.backup.BackupCancelled;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.backup.BackupEvent;
import io.holdfast.events.backup.BackupFailed;
import io.holdfast.events.backup.BackupMissed;
import io.holdfast.events.backup.BackupStarted;
import io.holdfast.events.request.BackupRequested;
import org.jspecify.annotations.Nullable;

/** What happened to a backup, as its row notes it. */
final class BackupFacts {

    private BackupFacts() {}

    /** The first request of an id counts, and what the work says of it counts more. */
    static void requested(CatalogBackup backup, Event<?> event, BackupRequested request) {
        if (backup.requestedAt != null || !backup.target.equals(request.target().value())) {
            return;
        }
        backup.requestId = event.id().value();
        backup.requestedAt = event.time();
        backup.dueAt = backup.dueAt == null ? request.dueAt() : backup.dueAt;
        backup.kind = backup.kind == null ? request.kind().wireName() : backup.kind;
        backup.askedRepository = name(request.repository());
        backup.reason = backup.reason == null ? StoredJson.text(request.reason()) : backup.reason;
        backup.requestedBy = backup.requestedBy == null ? StoredJson.text(request.requestedBy()) : backup.requestedBy;
        backup.settle();
    }

    static void note(Event<?> event, BackupEvent data) {
        CatalogBackup backup = CatalogBackup.ofWork(data.backupId(), data.target(), request(event, data.backupId()));
        backup.kind = data.kind().wireName();
        switch (data) {
            case BackupStarted started -> started(backup, started);
            case BackupCompleted completed -> completed(backup, completed);
            case BackupFailed failed -> failed(backup, failed);
            case BackupCancelled cancelled -> {
                backup.cancelledAt = cancelled.cancelledAt();
                backup.cancelledBy = StoredJson.text(cancelled.cancelledBy());
                backup.repository = backup.repository == null ? name(cancelled.repository()) : backup.repository;
            }
            case BackupMissed missed -> {
                BackupId instead = missed.caughtUpBy();
                backup.missedAt = missed.noticedAt();
                backup.dueAt = missed.dueAt();
                backup.caughtUpBy = instead == null ? null : instead.value();
                backup.repository = backup.repository == null ? name(missed.repository()) : backup.repository;
            }
        }
        backup.settle();
    }

    /** The request that the work began with; who asked may have let it correlate with something of his own. */
    private static EventId request(Event<?> event, BackupId backup) {
        EventId causation = event.causationId();
        return causation != null && BackupId.of(causation).equals(backup) ? causation : event.correlationId();
    }

    private static void started(CatalogBackup backup, BackupStarted started) {
        asked(backup, started.reason(), started.requestedBy());
        if (started.attempt() >= backup.attempts) {
            backup.attempts = started.attempt();
            backup.worker = StoredJson.text(started.worker());
        }
        if (backup.completedAt == null
                && (backup.startedAt == null || started.startedAt().isBefore(backup.startedAt))) {
            backup.startedAt = started.startedAt();
        }
        if (backup.repository == null) {
            backup.repository = started.repository().value();
        }
    }

    private static void completed(CatalogBackup backup, BackupCompleted completed) {
        asked(backup, completed.reason(), completed.requestedBy());
        backup.startedAt = completed.startedAt();
        backup.completedAt = completed.finishedAt();
        backup.repository = completed.repository().value();
        backup.manifest = StoredJson.text(completed.manifest());
        backup.bytes = completed.bytes();
        backup.storedBytes = completed.storedBytes();
        backup.timeline = completed.timeline();
        backup.startLsn = StoredJson.text(completed.startLsn());
        backup.stopLsn = StoredJson.text(completed.stopLsn());
        backup.systemIdentifier = StoredJson.text(completed.systemIdentifier());
        backup.serverVersion = StoredJson.text(completed.serverVersion());
        backup.databases = StoredJson.of(completed.databases());
        backup.exceptions = StoredJson.of(completed.exceptions());
        backup.encrypted = completed.encrypted();
    }

    private static void failed(CatalogBackup backup, BackupFailed failed) {
        asked(backup, failed.reason(), failed.requestedBy());
        backup.failedAt = failed.failedAt();
        backup.failure = StoredJson.of(failed.failure());
        backup.attempts = Math.max(backup.attempts, failed.attempts());
        if (backup.startedAt == null) {
            backup.startedAt = failed.startedAt();
        }
        if (failed.repository() != null && backup.repository == null) {
            backup.repository = failed.repository().value();
        }
    }

    private static @Nullable String name(@Nullable RepositoryId repository) {
        return repository == null ? null : repository.value();
    }

    private static void asked(CatalogBackup backup, @Nullable String reason, @Nullable String requestedBy) {
        backup.reason = reason == null ? backup.reason : StoredJson.text(reason);
        backup.requestedBy = requestedBy == null ? backup.requestedBy : StoredJson.text(requestedBy);
    }
}

package io.holdfast.scheduler.catalog;

import io.holdfast.events.BackupId;
import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.RestoreId;
import io.holdfast.events.alert.AlertEvent;
import io.holdfast.events.backup.BackupEvent;
import io.holdfast.events.definition.Definition;
import io.holdfast.events.drill.DrillEvent;
import io.holdfast.events.progress.ProgressEvent;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.events.request.CancellationRequested;
import io.holdfast.events.request.DrillRequested;
import io.holdfast.events.request.RequestData;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.events.request.RetentionRequest;
import io.holdfast.events.request.VerificationRequested;
import io.holdfast.events.restore.RestoreEvent;
import io.holdfast.events.retention.RetentionEvent;
import io.holdfast.events.verification.VerificationEvent;
import io.holdfast.events.wal.ArchivingEvent;
import jakarta.inject.Singleton;

/**
 * Notes in the catalog what an event says. Belongs into the caller's transaction. What an event says can be noted any
 * number of times and in any order with the same result. Thread safe.
 */
@Singleton
public class Projection {

    /** Notes one event; one that the catalog has no place for changes nothing. */
    public void apply(Event<?> event) {
        EventData data = event.data();
        switch (data) {
            case RequestData request -> applyRequest(event, request);
            case BackupEvent backup -> BackupFacts.note(event, backup);
            case VerificationEvent verification -> VerificationFacts.note(event, verification);
            case RestoreEvent restore -> RestoreFacts.note(event, restore);
            case ArchivingEvent archiving -> WalFacts.note(event, archiving);
            case DrillEvent drill -> DrillFacts.note(event, drill);
            case RetentionEvent retention -> RetentionFacts.note(event, retention);
            case ProgressEvent progress -> {}
            case AlertEvent alert -> {}
            case Definition definition -> {}
        }
    }

    private static void applyRequest(Event<?> event, RequestData data) {
        switch (data) {
            case BackupRequested request -> {
                CatalogBackup backup = CatalogBackup.of(BackupId.of(event.id()), request.target(), event.id());
                BackupFacts.requested(backup, event, request);
            }
            case RestoreRequested request -> {
                CatalogRestore restore = CatalogRestore.of(
                        RestoreId.of(event.id()), request.backupId(), request.target(), request.site(), event.id());
                restore.kind = request.kind().wireName();
                restore.destination = StoredJson.of(request.destination());
                restore.recoveryTarget = StoredJson.of(request.recoveryTarget());
                restore.dryRun = request.changesNothing() ? true : null;
                restore.requestedAt = event.time();
                restore.reason = StoredJson.text(request.reason());
                restore.requestedBy = StoredJson.text(request.requestedBy());
                restore.settle();
            }
            case DrillRequested request -> DrillFacts.requested(event, request);
            case RetentionRequest request -> RetentionFacts.requested(event, request);
            case VerificationRequested request -> VerificationFacts.requested(event, request);
            case CancellationRequested request -> {}
        }
    }
}

package io.holdfast.scheduler.catalog;

import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.RestoreId;
import io.holdfast.events.SiteName;
import io.holdfast.events.restore.RestoreCancelled;
import io.holdfast.events.restore.RestoreCompleted;
import io.holdfast.events.restore.RestoreEvent;
import io.holdfast.events.restore.RestoreFailed;
import io.holdfast.events.restore.RestorePlanned;
import io.holdfast.events.restore.RestoreStarted;

/** What happened to a restore, as its row notes it. */
final class RestoreFacts {

    private RestoreFacts() {}

    static void note(Event<?> event, RestoreEvent data) {
        CatalogRestore restore = CatalogRestore.of(
                data.restoreId(), data.backupId(), data.target(), site(data), request(event, data.restoreId()));
        switch (data) {
            case RestoreStarted started -> started(restore, started);
            case RestorePlanned planned -> {
                restore.dryRun = true;
                restore.plannedAt = planned.plannedAt();
                restore.plan = StoredJson.of(planned.plan());
                restore.refusals = StoredJson.of(planned.refusals());
            }
            case RestoreCompleted completed -> completed(restore, completed);
            case RestoreFailed failed -> {
                restore.dryRun = failed.dryRun() == null ? restore.dryRun : failed.dryRun();
                restore.failedAt = failed.failedAt();
                restore.failure = StoredJson.of(failed.failure());
                restore.damages = StoredJson.of(failed.damages());
                restore.attempts = Math.max(restore.attempts, failed.attempts());
                if (restore.startedAt == null) {
                    restore.startedAt = failed.startedAt();
                }
            }
            case RestoreCancelled cancelled -> {
                restore.cancelledAt = cancelled.cancelledAt();
                restore.cancelledBy = StoredJson.text(cancelled.cancelledBy());
            }
        }
        restore.settle();
    }

    /** The request that the work began with; who asked may have let it correlate with something of his own. */
    private static EventId request(Event<?> event, RestoreId restore) {
        EventId causation = event.causationId();
        return causation != null && RestoreId.of(causation).equals(restore) ? causation : event.correlationId();
    }

    private static void started(CatalogRestore restore, RestoreStarted started) {
        if (started.attempt() >= restore.attempts) {
            restore.attempts = started.attempt();
            restore.worker = StoredJson.text(started.worker());
        }
        if (restore.completedAt == null
                && (restore.startedAt == null || started.startedAt().isBefore(restore.startedAt))) {
            restore.startedAt = started.startedAt();
        }
        restore.reason = started.reason() == null ? restore.reason : StoredJson.text(started.reason());
        restore.requestedBy =
                started.requestedBy() == null ? restore.requestedBy : StoredJson.text(started.requestedBy());
    }

    private static void completed(CatalogRestore restore, RestoreCompleted completed) {
        restore.startedAt = completed.startedAt();
        restore.completedAt = completed.finishedAt();
        restore.directory = StoredJson.text(completed.directory());
        restore.connection = StoredJson.text(completed.connection());
        restore.running = completed.running();
        restore.bytes = completed.bytes();
        restore.phases = StoredJson.of(completed.phases());
        restore.checks = StoredJson.of(completed.checks());
        restore.missing = StoredJson.of(completed.missing());
        restore.comparison = StoredJson.of(completed.comparison());
        restore.recoveredTo = StoredJson.of(completed.recoveredTo());
        restore.keptAside = StoredJson.of(completed.keptAside());
        restore.warnings = StoredJson.of(completed.warnings());
        restore.report = StoredJson.text(completed.report());
    }

    private static SiteName site(RestoreEvent data) {
        return switch (data) {
            case RestoreStarted started -> started.site();
            case RestorePlanned planned -> planned.site();
            case RestoreCompleted completed -> completed.site();
            case RestoreFailed failed -> failed.site();
            case RestoreCancelled cancelled -> cancelled.site();
        };
    }
}

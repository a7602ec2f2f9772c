package io.holdfast.scheduler.catalog;

import io.holdfast.events.DrillId;
import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.drill.DrillCancelled;
import io.holdfast.events.drill.DrillCompleted;
import io.holdfast.events.drill.DrillEvent;
import io.holdfast.events.drill.DrillFailed;
import io.holdfast.events.drill.DrillMeasures;
import io.holdfast.events.drill.DrillStarted;
import io.holdfast.events.request.DrillRequested;

/** What happened to a drill, as its row notes it. */
final class DrillFacts {

    private DrillFacts() {}

    static void requested(Event<?> event, DrillRequested request) {
        CatalogDrill drill = CatalogDrill.of(DrillId.of(event.id()), request.target(), request.site(), event.id());
        drill.requestedAt = event.time();
        drill.dueAt = request.dueAt();
        drill.reason = StoredJson.text(request.reason());
        drill.requestedBy = StoredJson.text(request.requestedBy());
        drill.seed = request.seed();
        if (drill.backupId == null && request.backupId() != null) {
            drill.backupId = request.backupId().value();
        }
        if (drill.moment == null) {
            drill.moment = StoredJson.of(request.moment());
        }
        drill.settle();
    }

    static void note(Event<?> event, DrillEvent data) {
        CatalogDrill drill =
                CatalogDrill.of(data.drillId(), data.target(), data.site(), request(event, data.drillId()));
        switch (data) {
            case DrillStarted started -> {
                drill.attempts = Math.max(drill.attempts, started.attempt());
                if (drill.startedAt == null || started.startedAt().isBefore(drill.startedAt)) {
                    drill.startedAt = started.startedAt();
                }
            }
            case DrillCompleted completed -> {
                drill.startedAt = completed.startedAt();
                drill.completedAt = completed.finishedAt();
                drill.backupId = completed.backupId().value();
                drill.moment = StoredJson.of(completed.moment());
                drill.seed = completed.seed();
                drill.checks = StoredJson.of(completed.checks());
                drill.report = StoredJson.text(completed.report());
                measured(drill, completed.measures());
                VerificationFacts.restored(completed.backupId(), completed.finishedAt());
            }
            case DrillFailed failed -> {
                drill.startedAt = failed.startedAt() == null ? drill.startedAt : failed.startedAt();
                drill.failedAt = failed.failedAt();
                drill.attempts = Math.max(drill.attempts, failed.attempts());
                drill.backupId = failed.backupId() == null
                        ? drill.backupId
                        : failed.backupId().value();
                drill.moment = failed.moment() == null ? drill.moment : StoredJson.of(failed.moment());
                drill.seed = failed.seed();
                drill.failedFor = failed.reason().wireName();
                drill.failure = StoredJson.of(failed.failure());
                drill.checks = StoredJson.of(failed.checks());
                drill.report = StoredJson.text(failed.report());
                measured(drill, failed.measures());
            }
            case DrillCancelled cancelled -> drill.cancelledAt = cancelled.cancelledAt();
        }
        drill.settle();
    }

    private static void measured(CatalogDrill drill, DrillMeasures measures) {
        drill.measures = StoredJson.of(measures);
        drill.rtoSeconds = measures.rtoSeconds();
        drill.rpoSeconds = measures.rpoSeconds();
    }

    private static EventId request(Event<?> event, DrillId drill) {
        EventId causation = event.causationId();
        return causation != null && DrillId.of(causation).equals(drill) ? causation : event.correlationId();
    }
}

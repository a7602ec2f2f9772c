package io.holdfast.scheduler.schedule;

import io.holdfast.events.EventId;
import java.time.Instant;

/** Ids of runs that were missed. They follow from the due time, so that whoever notices says the same event. */
final class ScheduledIds {

    private ScheduledIds() {}

    /** Stands for the request that was never made. */
    static EventId missedRun(TargetSchedule schedule, Instant dueAt) {
        return derived("scheduled", schedule, dueAt);
    }

    static EventId missed(TargetSchedule schedule, Instant dueAt) {
        return derived("missed", schedule, dueAt);
    }

    private static EventId derived(String what, TargetSchedule schedule, Instant dueAt) {
        return EventId.derived(
                what,
                schedule.target().value(),
                schedule.kind().wireName(),
                schedule.repository().value(),
                dueAt.toString());
    }
}

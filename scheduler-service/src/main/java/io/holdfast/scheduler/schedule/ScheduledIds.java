package io.holdfast.scheduler.schedule;

import io.holdfast.events.EventId;
import java.time.Instant;

/** Ids that follow from a due time, so that whoever fires it says the same event. */
final class ScheduledIds {

    private ScheduledIds() {}

    static EventId request(TargetSchedule schedule, Instant dueAt) {
        return derived("scheduled", schedule, dueAt);
    }

    static EventId catchUp(TargetSchedule schedule, Instant dueAt) {
        return derived("catch-up", schedule, dueAt);
    }

    static EventId missed(TargetSchedule schedule, Instant dueAt) {
        return derived("missed", schedule, dueAt);
    }

    private static EventId derived(String what, TargetSchedule schedule, Instant dueAt) {
        return EventId.derived(what, schedule.target().value(), schedule.kind().wireName(), dueAt.toString());
    }
}

package io.holdfast.notifier.incident;

import io.holdfast.events.EventId;
import java.time.Instant;

/** How a matter stands. */
public sealed interface IncidentState {

    /** Nothing is known to be wrong. */
    record Quiet() implements IncidentState {}

    /**
     * It fails.
     *
     * @param firstEvent the first failure's event
     * @param since      when it first failed
     * @param failures   how often since
     * @param told       whether somebody was told
     */
    record Open(EventId firstEvent, Instant since, long failures, boolean told) implements IncidentState {}
}

package io.holdfast.notifier.incident;

import io.holdfast.events.EventId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How a matter stands. */
public sealed interface IncidentState {

    /** Nothing is known to be wrong. */
    record Quiet() implements IncidentState {}

    /**
     * It fails.
     *
     * @param firstEvent the event of the notice that people heard of first, or would have
     * @param since      when it first failed
     * @param failures   how often since
     * @param told       whether somebody was told
     * @param under      the key of the matter that stands behind it, of which people are told in its place
     */
    record Open(
            EventId firstEvent,
            Instant since,
            long failures,
            boolean told,
            @Nullable String under) implements IncidentState {

        /** One that stands for itself. */
        public Open(EventId firstEvent, Instant since, long failures, boolean told) {
            this(firstEvent, since, failures, told, null);
        }
    }
}

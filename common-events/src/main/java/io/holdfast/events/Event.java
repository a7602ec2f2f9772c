package io.holdfast.events;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One event with its envelope.
 *
 * @param id            its identity; a repeat has the same one
 * @param source        who says it: {@code /<service>/<instance>}
 * @param time          when it happened, by the sender's clock
 * @param correlationId the request that started it all; for a request its own id
 * @param causationId   the event that directly led to this one
 * @param traceparent   the W3C trace context, if any
 * @param data          what happened or is asked for
 * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md">CloudEvents 1.0</a>
 */
public record Event<D extends EventData>(
        EventId id,
        String source,
        Instant time,
        EventId correlationId,
        @Nullable EventId causationId,
        @Nullable String traceparent,
        D data) {

    /** A first event, such as a request: it correlates with itself. */
    public static <D extends EventData> Event<D> first(EventId id, String source, Instant time, D data) {
        return new Event<>(id, source, time, id, null, null, data);
    }

    /** An event that this one led to. */
    public <E extends EventData> Event<E> leadsTo(EventId newId, String newSource, Instant newTime, E newData) {
        return new Event<>(newId, newSource, newTime, correlationId, id, traceparent, newData);
    }
}

package io.holdfast.events.wire;

import io.holdfast.events.Event;
import io.holdfast.events.EventType;

/** What a Kafka record turned out to be. */
public sealed interface Decoded {

    /** An event of a type that this version knows. */
    record Known(EventType type, Event<?> event) implements Decoded {}

    /** An event of a type that this version does not know: somebody newer said it. Not an error of its own. */
    record Unrecognised(String type) implements Decoded {}

    /**
     * Not an event that can be handled.
     *
     * @param cause why, for the dead letter's header
     */
    record Malformed(String cause) implements Decoded {}
}

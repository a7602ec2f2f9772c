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
     * @param cause why, for the dead letter's header: one line of at most 500 characters
     */
    record Malformed(String cause) implements Decoded {
        private static final int LONGEST = 500;

        public Malformed {
            cause = oneLine(cause);
        }

        // What is wrong often quotes what was sent, which may be anything of any length.
        private static String oneLine(String text) {
            String shown = text.length() > LONGEST ? text.substring(0, LONGEST - 1) + "…" : text;
            return shown.replaceAll("\\p{Cntrl}+", " ");
        }
    }
}

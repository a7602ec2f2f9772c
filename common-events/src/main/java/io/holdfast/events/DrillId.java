package io.holdfast.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** The identity of one drill. Follows from the request's event id, so that a request delivered twice is one drill. */
public record DrillId(@JsonValue UUID value) {

    @JsonCreator
    public static DrillId of(String text) {
        return new DrillId(Names.uuid("drill", text));
    }

    /** The id of the drill that a request asks for. */
    public static DrillId of(EventId request) {
        return new DrillId(request.asUuid());
    }

    @Override
    public String toString() {
        return value.toString();
    }
}

package io.holdfast.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/**
 * The identity of one restore. Follows from the request's event id, so that a request delivered twice is one restore.
 */
public record RestoreId(@JsonValue UUID value) {

    @JsonCreator
    public static RestoreId of(String text) {
        return new RestoreId(Names.uuid("restore", text));
    }

    /** The id of the restore that a request asks for. */
    public static RestoreId of(EventId request) {
        return new RestoreId(request.asUuid());
    }

    @Override
    public String toString() {
        return value.toString();
    }
}

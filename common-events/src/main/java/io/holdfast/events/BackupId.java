package io.holdfast.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/**
 * The identity of one backup, for ever. Follows from the request's event id, so that a request delivered twice is one backup.
 */
public record BackupId(@JsonValue UUID value) {

    @JsonCreator
    public static BackupId of(String text) {
        return new BackupId(Names.uuid("backup", text));
    }

    /** The id of the backup that a request asks for. */
    public static BackupId of(EventId request) {
        return new BackupId(request.asUuid());
    }

    @Override
    public String toString() {
        return value.toString();
    }
}

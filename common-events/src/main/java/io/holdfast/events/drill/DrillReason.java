package io.holdfast.events.drill;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a drill failed for. */
public enum DrillReason {
    /** There is no backup to be restored, or not the one that was asked for. */
    NO_BACKUP,
    /** The moment that was asked for cannot be reached with what is stored. */
    UNREACHABLE_TARGET,
    /** What is needed could not be read from the repository. */
    FETCH,
    /** The server did not start, or did not come to the moment. */
    RECOVERY,
    /** A page is not what its checksum says, or cannot be read. */
    CORRUPTED_PAGE,
    /** An index or a table is not as it should be in itself. */
    CORRUPTED_STRUCTURE,
    /** A table has another number of rows than it has to have, or than it had in an earlier drill of the same moment. */
    ROW_COUNT,
    /** An extension is not there, or this host lacks its files. */
    MISSING_EXTENSION,
    /** A role is not there. */
    MISSING_ROLE,
    /** A statement gave something else than it has to. */
    ASSERTION,
    /** The smoke command failed. */
    SMOKE_COMMAND,
    /** The host could not do it: no sandbox, no room, no PostgreSQL of that version. */
    HOST,
    /** The request was not good, or too late. */
    REFUSED,
    /** Something else; the failure says what. */
    OTHER;

    /** The name on the wire: {@code row_count}. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The reason of that name; {@link #OTHER} for one that only a newer version knows. */
    @JsonCreator
    public static DrillReason of(String wireName) {
        for (DrillReason value : values()) {
            if (value.wireName().equals(wireName)) {
                return value;
            }
        }
        return OTHER;
    }
}

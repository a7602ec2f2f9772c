package io.holdfast.scheduler.catalog;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How far a restore has come. */
public enum RestoreStatus {
    REQUESTED,
    RUNNING,
    COMPLETED,
    /** Nothing was to be done but to say what would be. */
    PLANNED,
    FAILED,
    CANCELLED;

    /** The name in the API. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean settled() {
        return switch (this) {
            case REQUESTED, RUNNING -> false;
            case COMPLETED, PLANNED, FAILED, CANCELLED -> true;
        };
    }
}

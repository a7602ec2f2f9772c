package io.holdfast.events.progress;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What sort of work a job is. */
public enum Work {
    BACKUP,
    VERIFICATION,
    RESTORE;

    /** The name on the wire. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static Work of(String wireName) {
        for (Work value : values()) {
            if (value.wireName().equals(wireName)) {
                return value;
            }
        }
        throw new IllegalArgumentException("not a sort of work. HINT: it is backup, verification or restore.");
    }
}

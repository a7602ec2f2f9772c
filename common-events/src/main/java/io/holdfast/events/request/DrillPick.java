package io.holdfast.events.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Which backup and moment a drill takes where the request names none. */
public enum DrillPick {
    /** The newest backup, and the newest moment that can be reached from it. */
    NEWEST,
    /** Any backup, and any moment between its end and the next hole, by the request's seed. */
    RANDOM;

    /** The name on the wire. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static DrillPick of(String wireName) {
        for (DrillPick value : values()) {
            if (value.wireName().equals(wireName)) {
                return value;
            }
        }
        throw new IllegalArgumentException("not a way to pick. HINT: it is newest or random.");
    }
}

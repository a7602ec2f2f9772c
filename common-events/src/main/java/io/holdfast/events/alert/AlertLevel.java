package io.holdfast.events.alert;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How loudly something is told. */
public enum AlertLevel {
    /** Somebody has to look at it in working hours. */
    WARNING,
    /** Somebody has to look at it now. */
    CRITICAL;

    /** The name on the wire: {@code warning}. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The level of that name; {@link #CRITICAL} for one that only a newer version knows: rather too loud than unheard. */
    @JsonCreator
    public static AlertLevel of(String wireName) {
        return wireName.equals(WARNING.wireName()) ? WARNING : CRITICAL;
    }
}

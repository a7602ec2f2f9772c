package io.holdfast.events.verification;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How much is known of a backup; each level includes the ones before it. */
public enum VerificationLevel {
    /** Its manifest and all objects are there. */
    PRESENT,
    /** Every stored byte was read and agrees with its digest. */
    BYTES,
    /** Its parts fit together: file list, archive structure, WAL complete. */
    STRUCTURE,
    /** It was restored, recovered and queried. */
    RESTORED;

    /** The name on the wire. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static VerificationLevel of(String wireName) {
        for (VerificationLevel value : values()) {
            if (value.wireName().equals(wireName)) {
                return value;
            }
        }
        throw new IllegalArgumentException(
                "not a level of verification. HINT: it is present, bytes, structure or restored.");
    }
}

package io.holdfast.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The name of a place where restores happen, declared by the restore-workers there. Lower-case letters, digits, {@code .}, {@code _} and {@code -}, at most 63 of them,
 * beginning with a letter or digit: safe as a Kafka key, a folder and a metric label.
 */
public record SiteName(@JsonValue String value) {

    @JsonCreator
    public SiteName {
        Names.check("site", value);
    }

    @Override
    public String toString() {
        return value;
    }
}

package io.holdfast.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The name of something that is backed up, such as {@code orders}. Lower-case letters, digits, {@code .}, {@code _} and {@code -}, at most 63 of them,
 * beginning with a letter or digit: safe as a Kafka key, a folder and a metric label.
 */
public record TargetId(@JsonValue String value) {

    @JsonCreator
    public TargetId {
        Names.check("target", value);
    }

    @Override
    public String toString() {
        return value;
    }
}

package io.holdfast.repository;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.holdfast.repository.store.ObjectKey;

/**
 * What is backed up, as the configuration names it.
 *
 * @param value one segment of an object key: ASCII letters, digits, {@code . _ -}, not beginning with a dot, at most
 *     128 characters
 */
public record TargetName(@JsonValue String value) {
    @JsonCreator
    public TargetName {
        ObjectKey.requireName(value, "target name");
    }

    @Override
    public String toString() {
        return value;
    }
}

package io.holdfast.repository;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.holdfast.repository.store.ObjectKey;

/**
 * One attempt at making a backup. Each attempt writes under its own prefix, and at most one becomes the backup.
 *
 * @param value one segment of an object key: ASCII letters, digits, {@code . _ -}, not beginning with a dot, at most
 *     128 characters
 */
public record AttemptId(@JsonValue String value) {
    @JsonCreator
    public AttemptId {
        ObjectKey.requireName(value, "attempt id");
    }

    @Override
    public String toString() {
        return value;
    }
}

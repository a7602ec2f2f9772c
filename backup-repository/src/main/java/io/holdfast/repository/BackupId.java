package io.holdfast.repository;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.holdfast.repository.store.ObjectKey;

/**
 * A backup, unique within its target for all time: identifiers are never used again.
 *
 * @param value one segment of an object key: ASCII letters, digits, {@code . _ -}, not beginning with a dot, at most
 *     128 characters
 */
public record BackupId(@JsonValue String value) {
    @JsonCreator
    public BackupId {
        ObjectKey.requireName(value, "backup id");
    }

    @Override
    public String toString() {
        return value;
    }
}

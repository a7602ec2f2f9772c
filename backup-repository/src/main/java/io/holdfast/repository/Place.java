package io.holdfast.repository;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.holdfast.repository.store.ObjectKey;

/**
 * Where within a target objects lie: a PostgreSQL cluster's system identifier, so that a cluster initialised again under
 * the same target gets a place of its own, or the name of a kind that has no identifier, such as {@code logical}.
 *
 * @param value one segment of an object key: ASCII letters, digits, {@code . _ -}, not beginning with a dot
 */
public record Place(@JsonValue String value) {
    /** Logical dumps. */
    public static final Place LOGICAL = new Place("logical");

    @JsonCreator
    public Place {
        ObjectKey.requireName(value, "place");
    }

    /** The place of a PostgreSQL cluster; the identifier is an unsigned 64-bit number. */
    public static Place ofSystemIdentifier(long systemIdentifier) {
        return new Place(Long.toUnsignedString(systemIdentifier));
    }

    @Override
    public String toString() {
        return value;
    }
}

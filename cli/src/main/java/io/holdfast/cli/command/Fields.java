package io.holdfast.cli.command;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of a request to the API, or of an order to a program. */
final class Fields {
    private Fields() {}

    /** Adds a field where there is a value: what is left out is not said at all. */
    static void put(Map<String, Object> fields, String name, @Nullable Object value) {
        if (value != null) {
            fields.put(name, value);
        }
    }
}

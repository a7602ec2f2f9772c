package io.holdfast.events.alert;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * What an alert is about, always the same for the same matter: {@code backup/orders/full/main}. Whoever raises an alert
 * again uses it again, and nobody is told twice. Lower-case letters, digits, {@code . _ : / -}, at most 200 of them,
 * beginning with a letter or digit: safe as a Kafka key and as the key of any service that takes alerts.
 */
public record AlertKey(@JsonValue String value) {

    private static final Pattern KEY = Pattern.compile("[a-z0-9][a-z0-9._:/-]{0,199}");

    @JsonCreator
    public AlertKey {
        if (!KEY.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "the key of an alert is not valid. HINT: use 1 to 200 lower-case letters,"
                            + " digits, '.', '_', ':', '/' or '-', beginning with a letter or digit.");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}

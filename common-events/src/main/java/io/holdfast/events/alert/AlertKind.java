package io.holdfast.events.alert;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * What sort of matter an alert is about, {@code backup_failed}: what routes and runbooks go by. An open list, so that a
 * newer service may raise what an older notifier does not know. Lower-case letters, digits and {@code _}, at most 63 of them,
 * beginning with a letter.
 */
public record AlertKind(@JsonValue String value) {

    private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9_]{0,62}");

    @JsonCreator
    public AlertKind {
        if (!KIND.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "the kind of an alert is not valid. HINT: use 1 to 63 lower-case letters,"
                            + " digits or '_', beginning with a letter.");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}

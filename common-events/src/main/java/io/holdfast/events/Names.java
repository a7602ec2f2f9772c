package io.holdfast.events;

import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The one rule for names that operators choose. */
final class Names {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

    private Names() {}

    static void check(String what, String value) {
        if (!NAME.matcher(value).matches() || value.contains("..")) {
            throw new IllegalArgumentException("the " + what + " name is not valid. HINT: use 1 to 63 lower-case"
                    + " letters, digits, '.', '_' or '-', beginning with a letter or digit.");
        }
    }

    /** A UUID in its one canonical form; {@link UUID#fromString} alone also takes {@code 1-1-1-1-1}. */
    static UUID uuid(String what, String text) {
        try {
            UUID uuid = UUID.fromString(text);
            if (uuid.toString().equalsIgnoreCase(text)) {
                return uuid;
            }
        } catch (IllegalArgumentException notAUuid) {
            throw notAnId(what, notAUuid);
        }
        throw notAnId(what, null);
    }

    private static IllegalArgumentException notAnId(String what, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "not a " + what + " id. HINT: it is a UUID such as 019c2a52-8c00-7d3a-b1a5-0c1d2e3f4a5b.", cause);
    }
}

package io.holdfast.repository.store;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The name of an object: segments joined by {@code /}. Only printable ASCII, so that every store orders keys the same
 * way; no empty segment, no leading or trailing {@code /}, no segment that begins with a dot (this shuts out {@code ..}
 * and leaves dotted names to the stores themselves), no backslash.
 *
 * @param value the whole key, at most 900 characters, each segment at most 200
 */
public record ObjectKey(@JsonValue String value) implements Comparable<ObjectKey> {
    private static final int LONGEST_KEY = 900;
    private static final int LONGEST_SEGMENT = 200;
    private static final int LONGEST_NAME = 128;

    @JsonCreator
    public ObjectKey {
        requireKey(value);
    }

    /** A key of these segments. */
    public static ObjectKey of(String... segments) {
        return new ObjectKey(String.join("/", segments));
    }

    /** This key with further segments behind it. */
    public ObjectKey resolve(String segments) {
        return new ObjectKey(value + "/" + segments);
    }

    /** The last segment. */
    public String lastSegment() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    /**
     * Checks a name that becomes one segment of keys.
     *
     * @throws IllegalArgumentException if it is not 1 to 128 ASCII letters, digits or {@code . _ -}, or begins with a dot
     */
    public static void requireName(String name, String what) {
        if (!isName(name)) {
            throw new IllegalArgumentException("Not a " + what + ": " + printable(name)
                    + " HINT: use 1 to 128 ASCII letters, digits, '.', '_' or '-', not beginning with a dot.");
        }
    }

    /** Whether {@link #requireName} accepts it. */
    public static boolean isName(String name) {
        boolean good = !name.isEmpty() && name.length() <= LONGEST_NAME && name.charAt(0) != '.';
        for (int i = 0; good && i < name.length(); i++) {
            char c = name.charAt(i);
            good = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '.'
                    || c == '_'
                    || c == '-';
        }
        return good;
    }

    private static void requireKey(String key) {
        if (key.isEmpty() || key.length() > LONGEST_KEY) {
            throw refused(key, "it must have 1 to " + LONGEST_KEY + " characters");
        }
        int start = 0;
        for (int i = 0; i <= key.length(); i++) {
            if (i == key.length() || key.charAt(i) == '/') {
                requireSegment(key, start, i);
                start = i + 1;
            } else if (key.charAt(i) < 0x20 || key.charAt(i) > 0x7e || key.charAt(i) == '\\') {
                throw refused(key, "only printable ASCII without backslash is allowed");
            }
        }
    }

    private static void requireSegment(String key, int start, int end) {
        if (start == end) {
            throw refused(key, "a segment is empty");
        }
        if (end - start > LONGEST_SEGMENT) {
            throw refused(key, "a segment is longer than " + LONGEST_SEGMENT);
        }
        if (key.charAt(start) == '.') {
            throw refused(key, "a segment begins with a dot");
        }
    }

    private static IllegalArgumentException refused(String key, String why) {
        return new IllegalArgumentException("Not an object key: " + printable(key) + ": " + why);
    }

    private static String printable(String text) {
        StringBuilder shown = new StringBuilder("\"");
        text.chars()
                .limit(100)
                .forEach(c -> shown.append(c >= 0x20 && c <= 0x7e ? String.valueOf((char) c) : "\\u%04x".formatted(c)));
        return shown.append('"').toString();
    }

    /** By bytes, as every store lists. */
    @Override
    public int compareTo(ObjectKey other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

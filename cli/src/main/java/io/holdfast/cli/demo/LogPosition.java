package io.holdfast.cli.demo;

import java.util.Locale;

/**
 * A position in PostgreSQL's write-ahead log.
 *
 * @param value bytes from the log's beginning, unsigned
 */
public record LogPosition(long value) implements Comparable<LogPosition> {

    /** Reads {@code 16/B374D848}, as PostgreSQL writes it (pg_lsn). */
    public static LogPosition of(String text) {
        int slash = text.indexOf('/');
        if (slash < 1) {
            throw new IllegalArgumentException("not a position in the log: " + text);
        }
        return new LogPosition(
                (Long.parseLong(text.substring(0, slash), 16) << 32) | Long.parseLong(text.substring(slash + 1), 16));
    }

    @Override
    public int compareTo(LogPosition other) {
        return Long.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%X/%X", value >>> 32, value & 0xffffffffL);
    }
}

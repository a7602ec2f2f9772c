package io.holdfast.repository.wal;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A log sequence number: a byte position in the write-ahead log, written {@code 0/3000028} (PostgreSQL's {@code pg_lsn}).
 *
 * @param value unsigned
 */
public record Lsn(long value) implements Comparable<Lsn> {
    private static final Pattern FORM = Pattern.compile("([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})");

    /** Position zero, which PostgreSQL uses for "none". */
    public static final Lsn ZERO = new Lsn(0);

    /**
     * Reads PostgreSQL's form, two hexadecimal numbers of up to 8 digits around a slash.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    @JsonCreator
    public static Lsn parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("Not an LSN: \"" + (text.length() > 40 ? text.substring(0, 40) : text)
                    + "\" HINT: it looks like 0/3000028.");
        }
        return new Lsn(Long.parseLong(matcher.group(1), 16) << 32 | Long.parseLong(matcher.group(2), 16));
    }

    /** This position moved by a number of bytes; wraps around like unsigned arithmetic. */
    public Lsn plus(long bytes) {
        return new Lsn(value + bytes);
    }

    /** Bytes from {@code earlier} to this; unsigned if {@code earlier} is indeed earlier. */
    public long minus(Lsn earlier) {
        return value - earlier.value;
    }

    /** The number of the segment that holds the byte at this position. */
    public long segmentNumber(int segmentSize) {
        return Long.divideUnsigned(value, segmentSize);
    }

    /** The offset of this position within its segment. */
    public int segmentOffset(int segmentSize) {
        return (int) Long.remainderUnsigned(value, segmentSize);
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    /** PostgreSQL's form, such as {@code 16/B374D848}. */
    @Override
    @JsonValue
    public String toString() {
        return "%X/%X".formatted(value >>> 32, value & 0xFFFFFFFFL);
    }
}

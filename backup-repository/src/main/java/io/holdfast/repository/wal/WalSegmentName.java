package io.holdfast.repository.wal;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * The name of a WAL segment: 24 hexadecimal digits, timeline, then two halves of the segment's number that depend on the
 * segment size (PostgreSQL's {@code XLogFileName}).
 *
 * @param value upper case, 24 digits
 */
public record WalSegmentName(@JsonValue String value) implements Comparable<WalSegmentName> {
    private static final Pattern FORM = Pattern.compile("[0-9A-F]{24}");
    private static final long BYTES_PER_LOG_ID = 0x1_0000_0000L;

    @JsonCreator
    public WalSegmentName {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "Not the name of a WAL segment. HINT: it has 24 upper-case hexadecimal digits.");
        }
    }

    /** The name of a segment. */
    public static WalSegmentName of(int timeline, long segmentNumber, int segmentSize) {
        long perLogId = BYTES_PER_LOG_ID / requireSegmentSize(segmentSize);
        return new WalSegmentName("%08X%08X%08X"
                .formatted(
                        timeline,
                        Long.divideUnsigned(segmentNumber, perLogId),
                        Long.remainderUnsigned(segmentNumber, perLogId)));
    }

    /**
     * Checks a segment size.
     *
     * @throws IllegalArgumentException if it is not a power of two from 1 MiB to 1 GiB
     */
    public static int requireSegmentSize(int segmentSize) {
        if (Integer.bitCount(segmentSize) != 1 || segmentSize < 1 << 20 || segmentSize > 1 << 30) {
            throw new IllegalArgumentException(
                    "Not a WAL segment size: " + segmentSize + " HINT: a power of two from 1 MiB to 1 GiB.");
        }
        return segmentSize;
    }

    /** The timeline, unsigned 32 bits. */
    public int timeline() {
        return Integer.parseUnsignedInt(value, 0, 8, 16);
    }

    /** The segment's number, given the segment size of its cluster. */
    public long segmentNumber(int segmentSize) {
        long perLogId = BYTES_PER_LOG_ID / requireSegmentSize(segmentSize);
        return Long.parseLong(value, 8, 16, 16) * perLogId + Long.parseLong(value, 16, 24, 16);
    }

    @Override
    public int compareTo(WalSegmentName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

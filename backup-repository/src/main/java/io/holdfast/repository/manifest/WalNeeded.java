package io.holdfast.repository.manifest;

import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The WAL without which a base backup is not consistent: every segment of the timeline from the one that holds the byte
 * at {@code startLsn} to the one that holds the byte before {@code stopLsn}.
 *
 * @param timeline unsigned 32 bits
 * @param startLsn where replay begins
 * @param stopLsn where the backup is consistent, exclusive; behind {@code startLsn}
 * @param segmentSize bytes
 */
public record WalNeeded(int timeline, Lsn startLsn, Lsn stopLsn, int segmentSize) {
    private static final long MOST_SEGMENTS = 100_000_000;

    public WalNeeded {
        WalSegmentName.requireSegmentSize(segmentSize);
        if (stopLsn.compareTo(startLsn) <= 0) {
            throw new IllegalArgumentException("WAL from " + startLsn + " to " + stopLsn + " is empty");
        }
        if (Long.divideUnsigned(stopLsn.minus(startLsn), segmentSize) > MOST_SEGMENTS) {
            throw new IllegalArgumentException("WAL from " + startLsn + " to " + stopLsn + " is too long to be true");
        }
    }

    /** The names of the segments, in order. */
    public List<WalSegmentName> segments() {
        return LongStream.rangeClosed(
                        startLsn.segmentNumber(segmentSize), stopLsn.plus(-1).segmentNumber(segmentSize))
                .mapToObj(number -> WalSegmentName.of(timeline, number, segmentSize))
                .toList();
    }
}

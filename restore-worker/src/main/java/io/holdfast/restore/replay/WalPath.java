package io.holdfast.restore.replay;

import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.window.WalPart;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The segments that a recovery replays, in order: of each timeline on its way those from where it was begun to where it was
 * left. Pure.
 *
 * @param legs the timelines, from the backup's own to the one that recovery ends on
 * @param segmentSize bytes
 * @param end the byte behind the last one that is needed and stored
 */
public record WalPath(List<Leg> legs, int segmentSize, Lsn end) {
    public WalPath {
        legs = List.copyOf(legs);
        WalSegmentName.requireSegmentSize(segmentSize);
        if (legs.isEmpty()) {
            throw new IllegalArgumentException("a recovery replays something");
        }
    }

    /** The path over pieces of the log that follow on each other; a segment that two timelines share is the newer one's. */
    public static WalPath over(List<WalPart> parts, int segmentSize) {
        List<Leg> legs = new ArrayList<>();
        for (WalPart part : parts) {
            long first = part.from().segmentNumber(segmentSize);
            long last = part.to().plus(-1).segmentNumber(segmentSize);
            Leg before = legs.isEmpty() ? null : legs.getLast();
            if (before != null && before.timeline() == part.timeline()) {
                legs.set(legs.size() - 1, new Leg(part.timeline(), before.first(), last));
                continue;
            }
            if (before != null && before.last() >= first) {
                legs.set(legs.size() - 1, new Leg(before.timeline(), before.first(), first - 1));
            }
            legs.add(new Leg(part.timeline(), first, last));
        }
        return new WalPath(legs, segmentSize, parts.getLast().to());
    }

    /**
     * A stretch of one timeline.
     *
     * @param first number of its first segment
     * @param last number of its last segment; before {@code first} where nothing is needed of it
     */
    public record Leg(int timeline, long first, long last) {
        long count() {
            return Math.max(0, last - first + 1);
        }
    }

    /** How many segments there are. */
    public long count() {
        return legs.stream().mapToLong(Leg::count).sum();
    }

    /** Bytes of all segments. */
    public long bytes() {
        return count() * segmentSize;
    }

    /** The timeline that recovery ends on. */
    public int timeline() {
        return legs.getLast().timeline();
    }

    /** The segment at a place in the order, counted from 0. */
    public WalSegmentName segment(long index) {
        long left = index;
        for (Leg leg : legs) {
            if (left < leg.count()) {
                return WalSegmentName.of(leg.timeline(), leg.first() + left, segmentSize);
            }
            left -= leg.count();
        }
        throw new IndexOutOfBoundsException("there are " + count() + " segments, not " + index);
    }

    /** Where a segment comes in the order; empty if it is not replayed. */
    public OptionalLong indexOf(WalSegmentName segment) {
        long before = 0;
        long number = segment.segmentNumber(segmentSize);
        for (Leg leg : legs) {
            if (leg.timeline() == segment.timeline() && number >= leg.first() && number <= leg.last()) {
                return OptionalLong.of(before + number - leg.first());
            }
            before += leg.count();
        }
        return OptionalLong.empty();
    }

    /** The segment that is replayed before another; of one that is not on the path, the one before it on its timeline. */
    Optional<WalSegmentName> before(WalSegmentName segment) {
        OptionalLong index = indexOf(segment);
        if (index.isPresent()) {
            return index.getAsLong() == 0 ? Optional.empty() : Optional.of(segment(index.getAsLong() - 1));
        }
        long number = segment.segmentNumber(segmentSize);
        return number == 0
                ? Optional.empty()
                : Optional.of(WalSegmentName.of(segment.timeline(), number - 1, segmentSize));
    }

    /** Behind the last byte of a segment that counts: the path's end, or where the segment itself ends. */
    Lsn endIn(WalSegmentName segment) {
        Lsn whole = new Lsn((segment.segmentNumber(segmentSize) + 1) * segmentSize);
        return endsIn(segment) && end.compareTo(whole) < 0 ? end : whole;
    }

    /** Whether a segment is the one that holds the end. */
    public boolean endsIn(WalSegmentName segment) {
        return count() > 0 && segment(count() - 1).equals(segment);
    }
}

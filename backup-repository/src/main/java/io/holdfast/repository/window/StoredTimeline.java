package io.holdfast.repository.window;

import io.holdfast.repository.wal.Lsn;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is stored of a timeline's log: ranges of complete segments, and how far others reach. Immutable once built.
 *
 * @param segmentSize bytes
 * @param complete number of the first segment of each range by that of its last; ranges neither touch nor overlap
 * @param partial bytes from a segment's beginning on, by its number; of segments that are not complete
 */
public record StoredTimeline(
        int timeline, int segmentSize, NavigableMap<Long, Long> complete, NavigableMap<Long, Integer> partial) {
    public StoredTimeline {
        complete = Collections.unmodifiableNavigableMap(new TreeMap<>(complete));
        partial = Collections.unmodifiableNavigableMap(new TreeMap<>(partial));
    }

    /** A timeline of which nothing is stored. */
    static StoredTimeline empty(int timeline, int segmentSize) {
        return new StoredTimeline(timeline, segmentSize, new TreeMap<>(), new TreeMap<>());
    }

    /** Whether all of a segment is there. */
    public boolean isComplete(long segment) {
        var range = complete.ceilingEntry(segment);
        return range != null && range.getValue() <= segment;
    }

    /** Whether anything of a segment is there. */
    public boolean hasAnyOf(long segment) {
        return isComplete(segment) || partial.getOrDefault(segment, 0) > 0;
    }

    /**
     * Up to where the log can be read from the beginning of a segment on. A segment that is not complete counts as far as it
     * reaches, whatever is stored behind it: what was said to be durable stays so.
     *
     * @return at least the segment's beginning
     */
    public Lsn end(long segment) {
        var range = complete.ceilingEntry(segment);
        long next = range != null && range.getValue() <= segment ? range.getKey() + 1 : segment;
        return new Lsn(next * segmentSize + partial.getOrDefault(next, 0));
    }

    /** Whether anything is stored behind a position, in its own segment or later. */
    public boolean hasBehind(Lsn position) {
        long segment = position.segmentNumber(segmentSize);
        int offset = position.segmentOffset(segmentSize);
        var lastPartial = partial.lastEntry();
        return (!complete.isEmpty() && complete.lastKey() >= segment)
                || (lastPartial != null
                        && (lastPartial.getKey() > segment
                                || (lastPartial.getKey() == segment && lastPartial.getValue() > offset)));
    }

    /** Where the first segment begins that anything is stored of, from this one on. */
    Optional<Lsn> firstFrom(long segment) {
        var range = complete.ceilingEntry(segment);
        Long part = partial.ceilingKey(segment);
        if (range == null && part == null) {
            return Optional.empty();
        }
        long whole = range == null ? Long.MAX_VALUE : Math.max(range.getValue(), segment);
        return Optional.of(new Lsn(Math.min(whole, part == null ? Long.MAX_VALUE : part) * segmentSize));
    }

    /** Takes objects in the order of a listing. For one thread. */
    static final class Builder {
        private final int timeline;
        private final int segmentSize;
        private final NavigableMap<Long, Long> complete = new TreeMap<>();
        private final NavigableMap<Long, Integer> partial = new TreeMap<>();

        Builder(int timeline, int segmentSize) {
            this.timeline = timeline;
            this.segmentSize = segmentSize;
        }

        void complete(long segment) {
            partial.remove(segment);
            var before = complete.floorEntry(segment);
            if (before != null && before.getKey() == segment - 1) {
                complete.remove(segment - 1);
                complete.put(segment, before.getValue());
            } else {
                complete.put(segment, segment);
            }
        }

        /** Increments come in the order of where they begin. */
        void increment(long segment, int from, int to) {
            if (complete.containsKey(segment)) {
                return;
            }
            int reach = partial.getOrDefault(segment, 0);
            if (from <= reach && to > reach) {
                partial.put(segment, to);
            }
        }

        StoredTimeline build() {
            return new StoredTimeline(timeline, segmentSize, complete, partial);
        }
    }
}

package io.holdfast.repository.window;

import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The way that recovery takes to a timeline, over the timelines before it. A segment in which the timeline changed is looked
 * for on the newer one first, which began with a copy of what the older one had in it (PostgreSQL's {@code
 * XLogFileReadAnyTLI}).
 */
record TimelinePath(List<Leg> legs, int segmentSize) {
    private static final Lsn ENDLESS = new Lsn(-1);

    /**
     * A timeline on the way.
     *
     * @param begin where it left its parent
     * @param end where the next one goes on
     */
    record Leg(StoredTimeline stored, Lsn begin, Lsn end) {
        int timeline() {
            return stored.timeline();
        }
    }

    static TimelinePath of(TimelineAncestry ancestry, Map<Integer, StoredTimeline> stored, int segmentSize) {
        List<Leg> legs = new ArrayList<>();
        Lsn begin = Lsn.ZERO;
        List<TimelineAncestry.Parent> parents = ancestry.parents();
        for (int i = 0; i < parents.size(); i++) {
            int timeline = parents.get(i).timeline();
            // A timeline that was left before it began is passed over: its child goes on in the place of its parent.
            Lsn end = parents.subList(i, parents.size()).stream()
                    .map(TimelineAncestry.Parent::end)
                    .min(Comparator.naturalOrder())
                    .orElseThrow();
            legs.add(new Leg(timeline(stored, timeline, segmentSize), begin, end));
            begin = end;
        }
        legs.add(new Leg(timeline(stored, ancestry.timeline(), segmentSize), begin, ENDLESS));
        return new TimelinePath(List.copyOf(legs), segmentSize);
    }

    private static StoredTimeline timeline(Map<Integer, StoredTimeline> stored, int timeline, int segmentSize) {
        return stored.getOrDefault(timeline, StoredTimeline.empty(timeline, segmentSize));
    }

    /** Whether a backup is one of this way: made on one of its timelines, before that was left. */
    boolean leadsFrom(WindowBase base) {
        return legs.stream()
                .anyMatch(leg -> leg.timeline() == base.wal().timeline()
                        && base.wal().startLsn().compareTo(leg.begin()) >= 0
                        && base.wal().stopLsn().compareTo(leg.end()) <= 0);
    }

    /** Up to where the log that a backup begins with can be read; empty if that is not even the backup's own end. */
    Optional<Lsn> endFrom(WindowBase base) {
        Lsn position = base.wal().startLsn();
        int at = index(base.wal().timeline());
        for (Optional<WalPart> part = next(position, at); part.isPresent(); part = next(position, at)) {
            position = part.get().to();
        }
        return position.compareTo(base.wal().stopLsn()) < 0 ? Optional.empty() : Optional.of(position);
    }

    /** What recovery reads from a backup's start to a position, which the log reaches. */
    List<WalPart> parts(WindowBase base, Lsn end) {
        List<WalPart> parts = new ArrayList<>();
        Lsn position = base.wal().startLsn();
        int at = index(base.wal().timeline());
        while (position.compareTo(end) < 0) {
            Lsn from = position;
            WalPart part = next(position, at)
                    .orElseThrow(() -> new IllegalArgumentException("The log does not lead to " + end));
            position = part.to().compareTo(end) < 0 ? part.to() : end;
            parts.add(new WalPart(part.timeline(), from, position));
        }
        return parts;
    }

    private int index(int timeline) {
        for (int i = 0; i < legs.size(); i++) {
            if (legs.get(i).timeline() == timeline) {
                return i;
            }
        }
        throw new IllegalArgumentException("Timeline " + Integer.toUnsignedString(timeline) + " is not on the way");
    }

    /** One step from a position on: as far as one timeline leads, the newest that has the position's segment. */
    private Optional<WalPart> next(Lsn position, int oldest) {
        long segment = position.segmentNumber(segmentSize);
        for (int i = legs.size() - 1; i >= oldest; i--) {
            Leg leg = legs.get(i);
            boolean startsBehind = leg.begin().segmentNumber(segmentSize) > segment;
            boolean isOver = leg.end().compareTo(position) <= 0;
            if (!startsBehind && !isOver && leg.stored().hasAnyOf(segment)) {
                Lsn stored = leg.stored().end(segment);
                Lsn end = stored.compareTo(leg.end()) > 0 ? leg.end() : stored;
                if (end.compareTo(position) > 0) {
                    return Optional.of(new WalPart(leg.timeline(), position, end));
                }
            }
        }
        return Optional.empty();
    }

    /** The timeline whose log ends at a position, or holds the byte before it. */
    int timelineBefore(Lsn position) {
        for (Leg leg : legs) {
            if (position.compareTo(leg.end()) <= 0) {
                return leg.timeline();
            }
        }
        return legs.getLast().timeline();
    }

    /** Whether the way is known to go on behind a position, so that what is missing there is a hole. */
    boolean goesOnBehind(Lsn position) {
        return position.compareTo(legs.getLast().begin()) < 0
                || legs.getLast().stored().hasBehind(position);
    }

    /** Where something is stored again behind a position in whose segment something is missing. */
    Optional<Lsn> goesOnAt(Lsn position) {
        long segment = position.segmentNumber(segmentSize) + 1;
        for (Leg leg : legs) {
            if (position.compareTo(leg.end()) < 0) {
                long from = Math.max(segment, leg.begin().segmentNumber(segmentSize));
                Optional<Lsn> found = leg.stored().firstFrom(from).filter(it -> it.compareTo(leg.end()) < 0);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    /** The timeline that ought to hold the byte at a position. */
    int timelineOf(Lsn position) {
        for (Leg leg : legs) {
            if (position.compareTo(leg.end()) < 0) {
                return leg.timeline();
            }
        }
        return legs.getLast().timeline();
    }

    /** The segment that holds the byte at a position. */
    WalSegmentName segmentOf(Lsn position) {
        return WalSegmentName.of(timelineOf(position), position.segmentNumber(segmentSize), segmentSize);
    }
}

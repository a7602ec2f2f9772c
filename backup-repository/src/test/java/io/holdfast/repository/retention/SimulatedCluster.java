package io.holdfast.repository.retention;

import io.holdfast.repository.Place;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.Repository;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.window.TimelineAncestry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * A cluster whose log goes on, segment by segment, and that is promoted now and then. Knows at every moment where it is, and
 * how it came there.
 */
final class SimulatedCluster {
    static final int SEGMENT = SampleBackup.SEGMENT_SIZE;

    final PlaceLayout layout;
    final Map<Integer, TimelineAncestry> ancestries = new TreeMap<>();
    /** Where the cluster was, by true time. */
    final List<Position> been = new ArrayList<>();

    private final SimulatedStore store;
    private int timeline = 1;
    private long segment = 2;

    record Position(Instant time, int timeline, long segment) {}

    private final Path work;

    SimulatedCluster(SimulatedStore store, Place place, Path work) {
        this.work = work;
        this.store = store;
        this.layout = new PlaceLayout(SampleBackup.TARGET, place);
        ancestries.put(1, TimelineAncestry.root(1));
    }

    /** Writes a few segments, which are stored at once. */
    void write(int segments, Instant time) {
        for (int i = 0; i < segments; i++) {
            store.putIfAbsent(layout.walSegment(WalSegmentName.of(timeline, segment, SEGMENT)), new byte[200]);
            segment++;
        }
        been.add(new Position(time, timeline, segment - 1));
    }

    /** A standby takes over; the log goes on in a copy of the segment at hand. */
    void promote(Random random, Instant time) throws Exception {
        List<TimelineAncestry.Parent> parents = new ArrayList<>(ancestries
                .getOrDefault(timeline, TimelineAncestry.root(timeline))
                .parents());
        parents.add(new TimelineAncestry.Parent(timeline, new Lsn(segment * SEGMENT + random.nextInt(SEGMENT))));
        // Numbers say nothing about what is older; they only grow along a way.
        timeline += 1 + random.nextInt(3);
        ancestries.put(timeline, new TimelineAncestry(timeline, parents));
        StringBuilder history = new StringBuilder();
        parents.forEach(parent -> history.append(parent.timeline())
                .append('\t')
                .append(parent.end())
                .append("\tno recovery target specified\n"));
        Repository.open(store)
                .at(layout.target(), layout.place())
                .wal(work)
                .putHistory(timeline, history.toString().getBytes(StandardCharsets.US_ASCII));
        write(1, time);
    }

    /** What a backup needs that begins now and ends so many segments later. */
    WalNeeded begin() {
        return new WalNeeded(timeline, new Lsn(segment * SEGMENT), new Lsn(segment * SEGMENT + 100), SEGMENT);
    }

    /** The same, when it ends; the log it needs is stored. Empty if the cluster has gone on to another timeline. */
    Optional<WalNeeded> end(WalNeeded begun, Instant time) {
        if (begun.timeline() != timeline) {
            return Optional.empty();
        }
        Lsn stop = new Lsn(segment * SEGMENT + 100);
        write(1, time);
        return Optional.of(new WalNeeded(timeline, begun.startLsn(), stop, SEGMENT));
    }

    /** Whether recovery from a backup comes to a position, by what is stored. */
    boolean reaches(WalNeeded base, Position position) {
        List<TimelineAncestry.Parent> parents = ancestries
                .getOrDefault(position.timeline(), TimelineAncestry.root(position.timeline()))
                .parents();
        long at = base.startLsn().segmentNumber(SEGMENT);
        if (base.stopLsn().compareTo(new Lsn((position.segment() + 1) * SEGMENT)) > 0) {
            return false;
        }
        int on = base.timeline();
        for (TimelineAncestry.Parent parent : parents) {
            if (parent.timeline() == on) {
                if (base.stopLsn().compareTo(parent.end()) > 0) {
                    return false;
                }
                long end = parent.end().segmentNumber(SEGMENT);
                if (!isStored(on, at, end - 1)) {
                    return false;
                }
                at = end;
                int after = parents.indexOf(parent) + 1;
                on = after < parents.size() ? parents.get(after).timeline() : position.timeline();
            }
        }
        return on == position.timeline() && isStored(on, at, position.segment());
    }

    private boolean isStored(int on, long from, long to) {
        for (long number = from; number <= to; number++) {
            if (!isStored(WalSegmentName.of(on, number, SEGMENT))) {
                return false;
            }
        }
        return true;
    }

    boolean isStored(WalSegmentName name) {
        return store.head(layout.walSegment(name)).isPresent();
    }
}

package io.holdfast.repository.window;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.wal.Lsn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A random cluster that is promoted a few times, of whose log random pieces are stored; and recovery as slow and plain as it
 * gets, a quarter of a segment at a time.
 */
final class WindowSimulation {
    static final int SEGMENT = 1 << 20;
    static final int UNIT = SEGMENT / 4;
    private static final int SEGMENTS = 14;

    final List<TimelineAncestry> ancestries = new ArrayList<>();
    final List<WindowBase> bases = new ArrayList<>();
    /** Quarters that are stored, from the beginning, by timeline and segment. */
    private final Map<Integer, Map<Long, Integer>> stored = new HashMap<>();

    WindowSimulation(long seed) {
        Random random = new Random(seed);
        int timelines = 1 + random.nextInt(3);
        for (int timeline = 1; timeline <= timelines; timeline++) {
            ancestries.add(timeline == 1 ? TimelineAncestry.root(1) : child(timeline, random));
            store(timeline, random);
        }
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            base(i, 1 + random.nextInt(timelines), random);
        }
    }

    private TimelineAncestry child(int timeline, Random random) {
        TimelineAncestry parent = ancestries.get(random.nextInt(ancestries.size()));
        long first = parent.parents().isEmpty()
                ? 1
                : parent.parents().getLast().end().value() / UNIT;
        long left = first + random.nextLong(Math.max(1, SEGMENTS * 4 - first));
        List<TimelineAncestry.Parent> parents = new ArrayList<>(parent.parents());
        parents.add(new TimelineAncestry.Parent(parent.timeline(), new Lsn(left * UNIT)));
        return new TimelineAncestry(timeline, parents);
    }

    private Lsn begin(int timeline) {
        List<TimelineAncestry.Parent> parents = ancestries.get(timeline - 1).parents();
        return parents.isEmpty() ? Lsn.ZERO : parents.getLast().end();
    }

    private void store(int timeline, Random random) {
        Map<Long, Integer> segments = new HashMap<>();
        boolean gaps = random.nextBoolean();
        long last = random.nextInt(SEGMENTS + 1);
        for (long segment = begin(timeline).segmentNumber(SEGMENT); segment < last; segment++) {
            int quarters = gaps && random.nextInt(6) == 0 ? random.nextInt(4) : 4;
            if (quarters > 0) {
                segments.put(segment, quarters);
            }
        }
        if (random.nextBoolean()) {
            segments.put(last, 1 + random.nextInt(3));
        }
        stored.put(timeline, segments);
    }

    private void base(int number, int timeline, Random random) {
        long start = begin(timeline).value() / UNIT + random.nextInt(SEGMENTS * 4);
        Lsn startLsn = new Lsn(start * UNIT);
        Lsn stopLsn = startLsn.plus((1L + random.nextInt(6)) * UNIT);
        bases.add(new WindowBase(
                new BackupId("b" + number),
                new WalNeeded(timeline, startLsn, stopLsn, SEGMENT),
                Instant.EPOCH.plusSeconds(stopLsn.value() / UNIT),
                false));
    }

    RecoveryWindow window() throws Exception {
        List<StoredTimeline> timelines = new ArrayList<>();
        for (Map.Entry<Integer, Map<Long, Integer>> timeline : stored.entrySet()) {
            StoredTimeline.Builder builder = new StoredTimeline.Builder(timeline.getKey(), SEGMENT);
            timeline.getValue().keySet().stream().sorted().forEach(segment -> {
                int quarters = quarters(timeline.getKey(), segment);
                if (quarters == 4) {
                    builder.complete(segment);
                } else {
                    builder.increment(segment, 0, quarters * UNIT);
                }
            });
            timelines.add(builder.build());
        }
        return RecoveryWindow.of(bases, timelines, ancestries, WindowClock.NONE);
    }

    /** The base backup that a recovery begins with; empty if none leads there. */
    Optional<WindowBase> recover(int timeline, long unit) {
        WindowBase best = null;
        for (WindowBase base : bases) {
            boolean better =
                    best == null || base.wal().stopLsn().compareTo(best.wal().stopLsn()) >= 0;
            if (better && leads(base, timeline, unit)) {
                best = base;
            }
        }
        return Optional.ofNullable(best);
    }

    private boolean leads(WindowBase base, int timeline, long unit) {
        long start = base.wal().startLsn().value() / UNIT;
        long stop = base.wal().stopLsn().value() / UNIT;
        if (stop > unit || !isOnTheWay(base, timeline)) {
            return false;
        }
        return reads(timeline, base, start, unit);
    }

    private boolean isOnTheWay(WindowBase base, int timeline) {
        int own = base.wal().timeline();
        if (own == timeline) {
            return true;
        }
        return ancestries.get(timeline - 1).parents().stream()
                .anyMatch(parent ->
                        parent.timeline() == own && base.wal().stopLsn().compareTo(parent.end()) <= 0);
    }

    private int quarters(int timeline, long segment) {
        return stored.getOrDefault(timeline, Map.of()).getOrDefault(segment, 0);
    }

    private boolean reads(int timeline, WindowBase base, long start, long end) {
        for (long unit = start; unit < end; unit++) {
            if (!read(timeline, base, unit)) {
                return false;
            }
        }
        return true;
    }

    /** Whether some timeline on the way serves this quarter: the newest that may. */
    private boolean read(int timeline, WindowBase base, long unit) {
        if (serves(timeline, unit)) {
            return true;
        }
        return ancestries.get(timeline - 1).parents().stream()
                .filter(parent -> parent.timeline() >= base.wal().timeline())
                .anyMatch(parent -> unit < parent.end().value() / UNIT && serves(parent.timeline(), unit));
    }

    private boolean serves(int timeline, long unit) {
        long segment = unit / 4;
        return segment >= begin(timeline).segmentNumber(SEGMENT) && unit % 4 < quarters(timeline, segment);
    }

    /** Behind everything. */
    long units() {
        return (SEGMENTS * 2 + 4) * 4L;
    }
}

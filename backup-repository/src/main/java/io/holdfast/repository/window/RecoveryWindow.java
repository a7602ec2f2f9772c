package io.holdfast.repository.window;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.wal.Lsn;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * To which moments a cluster can be brought back. Each timeline has a window of its own, which includes the timelines that
 * lead to it: a moment of a parent, from before the child left it, is a moment of the child's window too. Immutable; safe
 * for use by several threads if its clock is.
 */
public final class RecoveryWindow {
    private final NavigableMap<Integer, TimelineWindow> timelines;

    private RecoveryWindow(NavigableMap<Integer, TimelineWindow> timelines) {
        this.timelines = timelines;
    }

    /**
     * Finds it out.
     *
     * @param bases committed base backups; those with another segment size than the newest's are left out
     * @param stored what there is of the log
     * @param ancestries of all timelines of which the history is known
     * @param clock is asked for the times of the ends of stretches, here and by {@link #reach(int, Instant)}
     * @throws RepositoryException from {@code clock}
     */
    public static RecoveryWindow of(
            Collection<WindowBase> bases,
            Collection<StoredTimeline> stored,
            Collection<TimelineAncestry> ancestries,
            WindowClock clock)
            throws RepositoryException {
        NavigableMap<Integer, TimelineWindow> windows = new TreeMap<>(Integer::compareUnsigned);
        Optional<Integer> segmentSize = segmentSize(bases);
        if (segmentSize.isPresent()) {
            int size = segmentSize.get();
            List<WindowBase> usable = bases.stream()
                    .filter(base -> base.wal().segmentSize() == size)
                    .sorted(Comparator.comparing((WindowBase base) -> base.wal().stopLsn())
                            .thenComparing(base -> base.backup().value()))
                    .toList();
            Map<Integer, StoredTimeline> byTimeline = new HashMap<>();
            stored.forEach(it -> byTimeline.put(it.timeline(), it));
            for (TimelineAncestry ancestry : complete(ancestries, usable, byTimeline)) {
                TimelinePath path = TimelinePath.of(ancestry, byTimeline, size);
                windows.put(ancestry.timeline(), TimelineWindow.of(path, usable, new WindowTimes(clock)));
            }
        }
        return new RecoveryWindow(windows);
    }

    private static Optional<Integer> segmentSize(Collection<WindowBase> bases) {
        return bases.stream()
                .max(Comparator.comparing(WindowBase::finishedAt))
                .map(base -> base.wal().segmentSize());
    }

    /** One for each timeline of which anything is known. */
    private static Collection<TimelineAncestry> complete(
            Collection<TimelineAncestry> ancestries,
            Collection<WindowBase> bases,
            Map<Integer, StoredTimeline> stored) {
        Map<Integer, TimelineAncestry> all = new HashMap<>();
        ancestries.forEach(it -> all.put(it.timeline(), it));
        bases.forEach(it -> all.computeIfAbsent(it.wal().timeline(), TimelineAncestry::root));
        stored.keySet().forEach(it -> all.computeIfAbsent(it, TimelineAncestry::root));
        return all.values();
    }

    /** All timelines of which anything is known, in order; unsigned 32 bits. */
    public SortedSet<Integer> timelines() {
        SortedSet<Integer> all = new TreeSet<>(timelines.comparator());
        all.addAll(timelines.keySet());
        return all;
    }

    /** The newest timeline; empty if there is nothing to begin a recovery with. */
    public Optional<Integer> latestTimeline() {
        return timelines.isEmpty() ? Optional.empty() : Optional.of(timelines.lastKey());
    }

    /** The stretches on the way to a timeline in which every moment can be reached, in order; none if it is not known. */
    public List<Stretch> stretches(int timeline) {
        TimelineWindow window = timelines.get(timeline);
        return window == null ? List.of() : window.stretches();
    }

    /** What is missing on the way to a timeline, in order. */
    public List<Hole> holes(int timeline) {
        TimelineWindow window = timelines.get(timeline);
        return window == null ? List.of() : window.holes();
    }

    /** The last moment that can be reached on the way to a timeline. */
    public Optional<Moment> end(int timeline) {
        List<Stretch> stretches = stretches(timeline);
        return stretches.isEmpty()
                ? Optional.empty()
                : Optional.of(stretches.getLast().to());
    }

    /**
     * Until when all that was committed lies within the last stretch, by the server's clock; empty where no sample shows it. Other
     * than the time of {@link #end(int)} it never rests on a base backup, whose time is its maker's.
     */
    public Optional<Instant> sampledUntil(int timeline) {
        TimelineWindow window = timelines.get(timeline);
        return window == null || window.known().isEmpty()
                ? Optional.empty()
                : window.known().getLast().sampled();
    }

    /**
     * Up to where the log leads from one base backup on the way to a timeline; empty if it is not on that way, or what it
     * needs itself is not all there.
     */
    public Optional<Moment> end(int timeline, BackupId base) throws RepositoryException {
        TimelineWindow window = timelines.get(timeline);
        return window == null ? Optional.empty() : window.end(base);
    }

    /**
     * What recovery reads of the log, from a base backup's start to a position.
     *
     * @param timeline to which the way leads
     * @param base got from {@link #reach} for this timeline
     * @param end not behind what is reached from there
     * @return in order, without gaps between them; the segment in which a timeline changes is the newer one's
     */
    public List<WalPart> parts(int timeline, WindowBase base, Lsn end) {
        TimelineWindow window = timelines.get(timeline);
        if (window == null) {
            throw new IllegalArgumentException("Timeline " + Integer.toUnsignedString(timeline) + " is not known");
        }
        return window.path().parts(base, end);
    }

    /**
     * Whether a position can be reached on the way to a timeline. Every position counts that is not behind the last byte;
     * PostgreSQL itself stops at the first record that begins at a target position or later, so of a log that ends there it
     * says that recovery ended too early.
     */
    public Reach reach(int timeline, Lsn lsn) {
        TimelineWindow window = timelines.get(timeline);
        return window == null ? nowhere() : window.reach(lsn);
    }

    /**
     * Whether a time can be reached on the way to a timeline: if a base backup ended before, and the log goes on without a
     * gap to where the server was later, by a sample or by what is said of a later base backup's end. Which of both it was is
     * in the answer ({@link Reach.Reachable#sampled}).
     *
     * @throws RepositoryException if a time cannot be looked up
     */
    public Reach reach(int timeline, Instant time) throws RepositoryException {
        TimelineWindow window = timelines.get(timeline);
        return window == null ? nowhere() : window.reach(time);
    }

    private static Reach nowhere() {
        return new Reach.Outside(Optional.empty(), Optional.empty(), Optional.empty());
    }
}

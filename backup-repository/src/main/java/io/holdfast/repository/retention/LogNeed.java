package io.holdfast.repository.retention;

import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.window.TimelineAncestry;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is needed of a cluster's log: what makes each kept backup consistent, and everything behind those that the recovery
 * window rests on, on every timeline that they lead to. Safe for use by several threads.
 */
public final class LogNeed {
    /** Nothing may go. */
    public static final LogNeed ALL = new LogNeed(new Source(List.of(), List.of(), List.of()));

    /**
     * What it is made of.
     *
     * @param own what each kept backup needs itself
     * @param onwards those of which everything behind them is needed, too
     * @param ancestries histories of the cluster's timelines
     */
    record Source(List<WalNeeded> own, List<WalNeeded> onwards, List<TimelineAncestry> ancestries) {
        Source {
            own = List.copyOf(own);
            onwards = List.copyOf(onwards);
            ancestries = List.copyOf(ancestries);
        }
    }

    private final Source source;

    /** What kept backups need themselves: numbers of the first and last segment of each stretch, by timeline. */
    private final Map<Integer, NavigableMap<Long, Long>> own = new HashMap<>();

    private final List<WalNeeded> onwards;
    private final Lineage lineage;
    private final int segmentSize;
    /** Number of the first segment that is needed, with all behind it; {@code Long.MAX_VALUE}: none. */
    private final Map<Integer, Long> floors = new ConcurrentHashMap<>();

    private LogNeed(Source source) {
        this.source = source;
        this.onwards = source.onwards();
        this.lineage = new Lineage(source.ancestries());
        List<WalNeeded> needed = source.own();
        long sizes = needed.stream().mapToInt(WalNeeded::segmentSize).distinct().count();
        // Where backups disagree about what a segment is, names say nothing.
        this.segmentSize = sizes == 1 && !onwards.isEmpty() ? needed.getFirst().segmentSize() : 0;
        if (segmentSize != 0) {
            needed.stream().sorted(Comparator.comparing(WalNeeded::startLsn)).forEach(this::addOwn);
        }
    }

    /** In the order of their beginnings, so each touches only the last. */
    private void addOwn(WalNeeded base) {
        NavigableMap<Long, Long> stretches = own.computeIfAbsent(base.timeline(), it -> new TreeMap<>());
        long first = base.startLsn().segmentNumber(segmentSize);
        long last = base.stopLsn().plus(-1).segmentNumber(segmentSize);
        Map.Entry<Long, Long> before = stretches.lastEntry();
        if (before != null && first <= before.getValue()) {
            stretches.put(before.getKey(), Math.max(last, before.getValue()));
        } else {
            stretches.put(first, last);
        }
    }

    static LogNeed of(Collection<KnownBackup> kept, Set<KnownBackup> from, Collection<TimelineAncestry> ancestries) {
        List<WalNeeded> own =
                kept.stream().flatMap(backup -> backup.wal().stream()).toList();
        List<WalNeeded> onwards = kept.stream()
                .filter(from::contains)
                .flatMap(backup -> backup.wal().stream())
                .toList();
        return new LogNeed(new Source(own, onwards, List.copyOf(ancestries)));
    }

    /** The same that {@link #source} was got from. */
    static LogNeed of(Source source) {
        return new LogNeed(source);
    }

    Source source() {
        return source;
    }

    /** Whether anything of a segment is needed. */
    public boolean needs(WalSegmentName segment) {
        if (segmentSize == 0) {
            return true;
        }
        int timeline = segment.timeline();
        long number = segment.segmentNumber(segmentSize);
        return number >= floors.computeIfAbsent(timeline, this::floor) || isOwn(timeline, number);
    }

    private boolean isOwn(int timeline, long number) {
        NavigableMap<Long, Long> stretches = own.get(timeline);
        Map.Entry<Long, Long> stretch = stretches == null ? null : stretches.floorEntry(number);
        return stretch != null && number <= stretch.getValue();
    }

    private long floor(int timeline) {
        return onwards.stream()
                .filter(base -> lineage.leads(base, timeline))
                .mapToLong(base -> base.timeline() == timeline ? base.startLsn().segmentNumber(segmentSize) : 0)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /**
     * Whether a stretch of the log may be recovered to, so that its times are needed.
     *
     * @param to its end
     */
    public boolean leadsBehind(int timeline, Lsn to) {
        return segmentSize == 0
                || onwards.stream()
                        .anyMatch(base -> lineage.leads(base, timeline)
                                && (base.timeline() != timeline || to.compareTo(base.startLsn()) >= 0));
    }
}

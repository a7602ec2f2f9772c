package io.holdfast.scheduler.window;

import io.holdfast.scheduler.catalog.LogPosition;
import io.holdfast.scheduler.catalog.WalReader.Fork;
import io.holdfast.scheduler.catalog.WalReader.Gap;
import io.holdfast.scheduler.catalog.WalReader.Piece;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * To which moments one cluster can be brought back along its newest timeline, made of what events said: base backups, pieces
 * of log that are stored, those that are missing, and where timelines left the ones before them. Where that was not said, it is
 * taken to be where the first was heard of the newer one. Pure.
 *
 * @param timeline the newest, unsigned
 * @param archived the end of the log that is stored on it, also behind a hole; absent where none was said to be
 */
record ClusterWindow(
        int timeline,
        List<Stretch> stretches,
        List<Hole> holes,
        @Nullable Piece archived) {

    /**
     * A point of a cluster's history.
     *
     * @param time the last moment known to lie at it or before
     */
    record Point(int timeline, LogPosition lsn, Instant time) {}

    /**
     * A stretch in which every moment can be reached.
     *
     * @param base the oldest of its base backups
     */
    record Stretch(Point from, Point to, KnownBase base, int backups) {}

    /**
     * A piece of log that is missing.
     *
     * @param to       where the log goes on, as far as that is known
     * @param healedBy the base backup from which on moments can be reached again; absent: there is none yet
     * @param said     what was said of it, if anything was
     */
    record Hole(
            Point from,
            @Nullable LogPosition to,
            @Nullable KnownBase healedBy,
            @Nullable Gap said) {}

    /** The window of one cluster in one repository; empty if nothing can be begun with. */
    static Optional<ClusterWindow> of(List<KnownBase> bases, List<Piece> pieces, List<Gap> gaps, List<Fork> forks) {
        TreeSet<Integer> timelines = new TreeSet<>(Integer::compareUnsigned);
        bases.forEach(base -> timelines.add(base.timeline()));
        pieces.forEach(piece -> timelines.add(piece.timeline()));
        if (bases.isEmpty()) {
            return Optional.empty();
        }
        Map<Integer, LogPosition> left = left(timelines, bases, pieces, forks);
        List<KnownBase> usable = bases.stream()
                .filter(base -> base.stop().compareTo(left.getOrDefault(base.timeline(), base.stop())) <= 0)
                .sorted(Comparator.comparing(KnownBase::stop).thenComparing(KnownBase::backup))
                .toList();
        List<Gap> missing = gaps.stream()
                .filter(gap -> !gap.arrivedAfterAll())
                .filter(gap -> gap.from().compareTo(left.getOrDefault(gap.timeline(), gap.from())) <= 0)
                .toList();
        List<Coverage> log = Coverage.joined(Stream.concat(
                        pieces.stream().flatMap(piece -> stored(piece, left.get(piece.timeline()), missing)),
                        usable.stream().flatMap(base -> own(base, missing)))
                .toList());
        List<Stretch> stretches = log.stream()
                .flatMap(each -> stretch(each, usable, missing).stream())
                .toList();
        boolean archives = !pieces.isEmpty() || !missing.isEmpty();
        return Optional.of(new ClusterWindow(
                timelines.last(),
                stretches,
                archives ? holes(stretches, log, missing) : List.of(),
                pieces.stream()
                        .filter(piece -> piece.timeline() == timelines.last())
                        .max(Comparator.comparing(Piece::to))
                        .orElse(null)));
    }

    /** Where each timeline but the newest ends on the way there; at the log's beginning, if it is none of the way. */
    private static Map<Integer, LogPosition> left(
            TreeSet<Integer> timelines, List<KnownBase> bases, List<Piece> pieces, List<Fork> forks) {
        Map<Integer, LogPosition> left = new HashMap<>();
        LogPosition next = null;
        int parent = 0;
        for (int timeline : timelines.descendingSet()) {
            if (next != null && parent != 0 && Integer.compareUnsigned(timeline, parent) > 0) {
                left.put(timeline, new LogPosition(0));
                continue;
            }
            if (next != null) {
                left.put(timeline, next);
            }
            Optional<Fork> fork =
                    forks.stream().filter(each -> each.timeline() == timeline).findFirst();
            LogPosition begin = fork.map(Fork::at).orElseGet(() -> begin(timeline, bases, pieces));
            next = next == null || begin.compareTo(next) < 0 ? begin : next;
            parent = fork.map(Fork::parent).orElse(0);
        }
        return left;
    }

    /** Where the first was heard of a timeline. */
    private static LogPosition begin(int timeline, List<KnownBase> bases, List<Piece> pieces) {
        return Stream.concat(
                        bases.stream()
                                .filter(base -> base.timeline() == timeline)
                                .map(KnownBase::start),
                        pieces.stream()
                                .filter(piece -> piece.timeline() == timeline)
                                .map(Piece::from))
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static Stream<Coverage> stored(Piece piece, @Nullable LogPosition left, List<Gap> missing) {
        if (left == null || left.compareTo(piece.to()) >= 0) {
            return without(new Coverage(piece.timeline(), piece.from(), piece.to(), piece.until()), missing);
        }
        return left.compareTo(piece.from()) <= 0
                ? Stream.empty()
                : without(new Coverage(piece.timeline(), piece.from(), left, null), missing);
    }

    /** A backup brings its own log with it, also where the server had given that up. */
    private static Stream<Coverage> own(KnownBase base, List<Gap> missing) {
        Coverage whole = new Coverage(base.timeline(), base.start(), base.stop(), base.finished());
        return without(whole, missing.stream().filter(gap -> !gap.isLoss()).toList());
    }

    private static Stream<Coverage> without(Coverage whole, List<Gap> missing) {
        List<Coverage> left = List.of(whole);
        for (Gap gap : missing) {
            LogPosition to = gap.to();
            if (to != null) {
                left = left.stream()
                        .flatMap(each -> each.without(gap.from(), to).stream())
                        .toList();
            }
        }
        return left.stream();
    }

    private static Optional<Stretch> stretch(Coverage log, List<KnownBase> bases, List<Gap> missing) {
        List<KnownBase> inside = bases.stream()
                .filter(base -> log.covers(base.start(), base.stop()))
                .toList();
        if (inside.isEmpty()) {
            return Optional.empty();
        }
        KnownBase first = inside.getFirst();
        Instant end = Stream.of(
                        Stream.ofNullable(log.until()),
                        inside.stream().map(KnownBase::finished),
                        missing.stream()
                                .filter(gap -> gap.from().equals(log.to()))
                                .map(Gap::recoverableUntil)
                                .filter(Objects::nonNull))
                .flatMap(times -> times)
                .max(Comparator.naturalOrder())
                .orElse(first.finished());
        return Optional.of(new Stretch(
                new Point(first.timeline(), first.stop(), first.finished()),
                new Point(log.timeline(), log.to(), end),
                first,
                inside.size()));
    }

    private static List<Hole> holes(List<Stretch> stretches, List<Coverage> log, List<Gap> missing) {
        List<Hole> holes = new ArrayList<>();
        for (int i = 0; i < stretches.size(); i++) {
            Point end = stretches.get(i).to();
            KnownBase healedBy = i + 1 < stretches.size() ? stretches.get(i + 1).base() : null;
            Optional<LogPosition> goesOn = log.stream()
                    .map(Coverage::from)
                    .filter(from -> from.compareTo(end.lsn()) > 0)
                    .min(Comparator.naturalOrder());
            Optional<Gap> said = missing.stream()
                    .filter(gap -> gap.from().compareTo(goesOn.orElse(gap.from())) <= 0
                            && (gap.to() == null || gap.to().compareTo(end.lsn()) >= 0)
                            && gap.from().compareTo(end.lsn()) >= 0)
                    .min(Comparator.comparing(gap -> Objects.requireNonNullElse(gap.detectedAt(), Instant.MAX)));
            if (healedBy != null || goesOn.isPresent() || said.isPresent()) {
                LogPosition to = goesOn.or(() -> said.map(Gap::to)).orElse(null);
                holes.add(new Hole(end, to, healedBy, said.orElse(null)));
            }
        }
        return holes;
    }
}

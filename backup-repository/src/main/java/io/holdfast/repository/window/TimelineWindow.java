package io.holdfast.repository.window;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.wal.Lsn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The window of the way to one timeline.
 *
 * @param runs what each base backup leads to, in the order of their ends
 */
record TimelineWindow(TimelinePath path, List<Run> runs, List<Known> known, List<Hole> holes, WindowTimes times) {
    TimelineWindow {
        runs = List.copyOf(runs);
        known = List.copyOf(known);
        holes = List.copyOf(holes);
    }

    /**
     * A stretch, and what is certain of its end.
     *
     * @param sampled all that was committed until then lies within the stretch, as samples show
     */
    record Known(Stretch stretch, Optional<Instant> sampled) {}

    /** A base backup, and up to where the log leads from it. */
    record Run(WindowBase base, Lsn end) {
        Lsn begin() {
            return base.wal().stopLsn();
        }
    }

    /** The window that base backups make, which come in the order of their ends. */
    static TimelineWindow of(TimelinePath path, List<WindowBase> bases, WindowTimes times) throws RepositoryException {
        List<Run> runs = new ArrayList<>();
        for (WindowBase base : bases) {
            if (path.leadsFrom(base)) {
                path.endFrom(base).ifPresent(end -> runs.add(new Run(base, end)));
            }
        }
        List<Known> known = new ArrayList<>();
        int first = 0;
        while (first < runs.size()) {
            Lsn end = runs.get(first).end();
            int next = first + 1;
            while (next < runs.size() && runs.get(next).begin().compareTo(end) <= 0) {
                end = end.compareTo(runs.get(next).end()) < 0 ? runs.get(next).end() : end;
                next++;
            }
            known.add(stretch(path, runs.get(first), runs.get(next - 1), end, times));
            first = next;
        }
        List<Hole> holes = holes(path, known.stream().map(Known::stretch).toList());
        return new TimelineWindow(path, runs, known, holes, times);
    }

    /** In order. */
    List<Stretch> stretches() {
        return known.stream().map(Known::stretch).toList();
    }

    private static Known stretch(TimelinePath path, Run oldest, Run newest, Lsn end, WindowTimes times)
            throws RepositoryException {
        Moment from =
                new Moment(path.timelineBefore(oldest.begin()), oldest.begin(), Optional.of(times.of(oldest.base())));
        Moment to = new Moment(path.timelineBefore(end), end, Optional.of(times.end(path, newest.base(), end)));
        return new Known(new Stretch(from, to, oldest.base()), times.sampled(path, oldest.base(), end));
    }

    private static List<Hole> holes(TimelinePath path, List<Stretch> stretches) {
        List<Hole> holes = new ArrayList<>();
        for (int i = 0; i < stretches.size(); i++) {
            Lsn end = stretches.get(i).to().lsn();
            boolean isLast = i == stretches.size() - 1;
            if (!isLast || path.goesOnBehind(end)) {
                holes.add(new Hole(
                        path.timelineOf(end),
                        path.segmentOf(end),
                        end,
                        path.goesOnAt(end),
                        isLast
                                ? Optional.empty()
                                : Optional.of(stretches.get(i + 1).base())));
            }
        }
        return holes;
    }

    Optional<Moment> end(BackupId base) throws RepositoryException {
        for (Run run : runs) {
            if (run.base().backup().equals(base)) {
                Instant time = times.end(path, run.base(), run.end());
                return Optional.of(new Moment(path.timelineBefore(run.end()), run.end(), Optional.of(time)));
            }
        }
        return Optional.empty();
    }

    Reach reach(Lsn lsn) {
        for (Run run : runs.reversed()) {
            if (run.begin().compareTo(lsn) <= 0 && run.end().compareTo(lsn) >= 0) {
                return new Reach.Reachable(run.base(), moment(run.end()), true);
            }
        }
        return outside(
                stretch -> stretch.to().lsn().compareTo(lsn) < 0,
                stretch -> stretch.from().lsn().compareTo(lsn) > 0);
    }

    private Moment moment(Lsn lsn) {
        Optional<Instant> time = stretches().stream()
                .filter(stretch -> stretch.to().lsn().equals(lsn))
                .findFirst()
                .flatMap(stretch -> stretch.to().time());
        return new Moment(path.timelineBefore(lsn), lsn, time);
    }

    Reach reach(Instant time) throws RepositoryException {
        for (Known each : known.reversed()) {
            Stretch stretch = each.stretch();
            if (!isAfter(stretch.from(), time) && !isBefore(stretch.to(), time)) {
                boolean sampled =
                        each.sampled().filter(until -> !until.isBefore(time)).isPresent();
                return new Reach.Reachable(newest(stretch, time), stretch.to(), sampled);
            }
        }
        return outside(stretch -> isBefore(stretch.to(), time), stretch -> isAfter(stretch.from(), time));
    }

    /** The newest base backup of a stretch that was consistent by a time. */
    private WindowBase newest(Stretch stretch, Instant time) throws RepositoryException {
        for (Run run : runs.reversed()) {
            boolean isWithin = run.begin().compareTo(stretch.from().lsn()) >= 0
                    && run.end().equals(stretch.to().lsn());
            if (isWithin && !times.of(run.base()).isAfter(time)) {
                return run.base();
            }
        }
        return stretch.base();
    }

    private static boolean isBefore(Moment moment, Instant time) {
        return moment.time().isPresent() && moment.time().get().isBefore(time);
    }

    private static boolean isAfter(Moment moment, Instant time) {
        return moment.time().isPresent() && moment.time().get().isAfter(time);
    }

    private Reach outside(Predicate<Stretch> isBefore, Predicate<Stretch> isAfter) {
        Optional<Stretch> before =
                stretches().reversed().stream().filter(isBefore).findFirst();
        Optional<Stretch> after = stretches().stream().filter(isAfter).findFirst();
        Optional<Hole> hole = before.flatMap(stretch -> holes.stream()
                .filter(it -> it.from().equals(stretch.to().lsn()))
                .findFirst());
        return new Reach.Outside(before.map(Stretch::to), after.map(Stretch::from), hole);
    }
}

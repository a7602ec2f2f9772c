package io.holdfast.cli.e2e;

import io.holdfast.cli.demo.LogPosition;
import io.holdfast.cli.e2e.Ticks.Point;
import io.holdfast.cli.e2e.Ticks.Tick;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;

/** Moments to recover to, of every kind in turn, each with the ticks that were committed until then. */
final class RandomMoments {
    private static final int KINDS = 10;

    private final Ticks ticks;
    private final List<Base> bases;
    private final int timelines;
    private final Random random;
    private final long commitRecord;
    private int made;

    /** A base backup, the position where it ends, and when it had ended. */
    record Base(String id, LogPosition stop, Instant finished) {}

    /**
     * A moment.
     *
     * @param arguments as {@code holdfast restore} has it
     * @param least the ticks that have to be there
     * @param most the ticks that may be there: the same, but where nobody can know of one
     */
    record Moment(List<String> arguments, List<Long> least, List<Long> most) {
        static Moment exactly(List<Long> ids, List<String> arguments) {
            return new Moment(arguments, ids, ids);
        }
    }

    /** @param bases the oldest first */
    RandomMoments(Ticks ticks, List<Base> bases, int timelines, long seed) {
        this.ticks = ticks;
        this.bases = List.copyOf(bases);
        this.timelines = timelines;
        this.random = new Random(seed);
        this.commitRecord = ticks.commitRecord();
    }

    Moment next() {
        return switch (made++ % KINDS) {
            case 0, 5 -> atCommit();
            case 1 -> anyTime();
            case 2 -> behindTick();
            case 3 -> atCommitRecord();
            case 4, 7 -> transaction();
            case 6 -> point();
            case 8 -> backupsEnd();
            default -> end();
        };
    }

    /** The very time of a commit. */
    private Moment atCommit() {
        Tick tick = tick();
        while (tick.committed().isBefore(bases.getFirst().finished())) {
            tick = tick();
        }
        return time(tick.committed(), arguments("--target", "ticks"));
    }

    /** A time at which probably nothing was committed, perhaps because there was no primary. */
    private Moment anyTime() {
        List<Tick> alive = ticks.alive();
        Instant from = bases.getFirst().finished();
        long span = Duration.between(from, alive.getLast().committed()).toNanos() / 1000;
        return time(from.plusNanos(random.nextLong(span) * 1000), arguments("--target", "ticks"));
    }

    private Moment time(Instant time, List<String> arguments) {
        arguments.addAll(List.of("--to-time", time.toString()));
        boolean exclusive = exclusive(arguments);
        return Moment.exactly(
                ticks.ids(tick -> exclusive
                        ? tick.committed().isBefore(time)
                        : !tick.committed().isAfter(time)),
                arguments);
    }

    private Moment behindTick() {
        Tick tick = told();
        List<String> arguments = arguments(
                "--target",
                "ticks",
                "--to-lsn",
                Objects.requireNonNull(tick.after()).toString());
        exclusive(arguments);
        return Moment.exactly(ticks.ids(until(tick, false)), arguments);
    }

    /** The very place where the record of a commit begins. */
    private Moment atCommitRecord() {
        Tick tick = told();
        while (tick.commitBytes() != commitRecord) {
            tick = told();
        }
        List<String> arguments = arguments(
                "--target",
                "ticks",
                "--to-lsn",
                Objects.requireNonNull(tick.before()).toString());
        boolean exclusive = exclusive(arguments);
        return Moment.exactly(ticks.ids(until(tick, exclusive)), arguments);
    }

    private Moment transaction() {
        Tick tick = tick();
        List<String> arguments =
                arguments("--backup", baseBefore(tick.id()).id(), "--to-xid", Long.toString(tick.xid()));
        boolean exclusive = exclusive(arguments);
        return Moment.exactly(ticks.ids(until(tick, exclusive)), arguments);
    }

    private Moment point() {
        long first = ticks.firstBehind(bases.getFirst().stop()).id();
        List<Point> all =
                ticks.points().stream().filter(point -> point.behind() > first).toList();
        Point point = all.get(random.nextInt(all.size()));
        return Moment.exactly(
                ticks.ids(tick -> tick.id() <= point.behind()),
                arguments("--backup", baseBefore(point.behind()).id(), "--to-name", point.name()));
    }

    /** Where a backup ends between a commit's beginning and its end, nobody knows of that one. */
    private Moment backupsEnd() {
        Base base = bases.get(random.nextInt(bases.size()));
        long behind = ticks.firstBehind(base.stop()).id();
        List<Long> most = ticks.ids(tick -> tick.id() < behind);
        List<Long> least = ticks.ids(tick -> tick.id() < behind && !tick.endsBehind(base.stop()));
        return new Moment(arguments("--backup", base.id()), least, most);
    }

    /** The end of all, or of a timeline that was left in an orderly way. */
    private Moment end() {
        if (random.nextBoolean()) {
            List<String> arguments = random.nextBoolean()
                    ? arguments("--target", "ticks", "--latest")
                    : arguments("--backup", bases.getFirst().id(), "--latest");
            return Moment.exactly(ticks.ids(tick -> true), arguments);
        }
        int timeline = timelines - 1;
        return Moment.exactly(
                ticks.ids(tick -> tick.timeline() <= timeline),
                arguments("--backup", bases.getFirst().id(), "--latest", "--timeline", Integer.toString(timeline)));
    }

    private static Predicate<Tick> until(Tick tick, boolean exclusive) {
        return each -> exclusive ? each.id() < tick.id() : each.id() <= tick.id();
    }

    /** A tick behind the first backup. */
    private Tick tick() {
        List<Tick> alive = ticks.alive();
        int from = alive.indexOf(ticks.firstBehind(bases.getFirst().stop()));
        return alive.get(from + 1 + random.nextInt(alive.size() - from - 1));
    }

    /** One of which the server told where it is. */
    private Tick told() {
        Tick tick = tick();
        while (tick.after() == null) {
            tick = tick();
        }
        return tick;
    }

    /** A backup that ended before a tick. */
    private Base baseBefore(long id) {
        List<Base> before = bases.stream()
                .filter(base -> ticks.firstBehind(base.stop()).id() < id)
                .toList();
        return before.get(random.nextInt(before.size()));
    }

    private boolean exclusive(List<String> arguments) {
        boolean exclusive = random.nextBoolean();
        if (exclusive) {
            arguments.add("--exclusive");
        }
        return exclusive;
    }

    private static List<String> arguments(String... words) {
        return new ArrayList<>(List.of(words));
    }

    /** In words what is there and should not be, and what is not; empty where all is well. */
    static String difference(List<Long> found, List<Long> least, List<Long> most) {
        List<Long> missing = without(least, found);
        List<Long> more = without(found, most);
        boolean twice = new HashSet<>(found).size() < found.size();
        return missing.isEmpty() && more.isEmpty() && !twice
                ? ""
                : found.size() + " ticks; " + few("missing", missing) + few("more", more) + (twice ? "some twice" : "");
    }

    private static List<Long> without(List<Long> these, List<Long> those) {
        Set<Long> left = new HashSet<>(those);
        List<Long> rest = new ArrayList<>(these);
        rest.removeIf(left::contains);
        Collections.sort(rest);
        return rest;
    }

    private static String few(String what, List<Long> ids) {
        return ids.isEmpty() ? "" : ids.size() + " " + what + ", " + ids.getFirst() + " to " + ids.getLast() + "; ";
    }
}

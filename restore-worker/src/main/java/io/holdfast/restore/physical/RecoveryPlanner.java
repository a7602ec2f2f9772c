package io.holdfast.restore.physical;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.request.RecoveryTimeline;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.window.Hole;
import io.holdfast.repository.window.Moment;
import io.holdfast.repository.window.Reach;
import io.holdfast.repository.window.RecoveryWindow;
import io.holdfast.repository.window.WalPart;
import io.holdfast.repository.window.WalTime;
import io.holdfast.repository.window.WindowBase;
import io.holdfast.repository.window.WindowClock;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.physical.PhysicalRequest.RecoverTo;
import io.holdfast.restore.replay.WalPath;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the way from a backup to a moment, or refuses with the nearest moments that can be reached. Writes nothing. */
final class RecoveryPlanner {
    /** Samples are stored about once a minute; up to here behind the last one the log itself tells. */
    private static final Duration BEHIND_SAMPLES = Duration.ofMinutes(5);

    private final WalNeeded wal;
    private final BackupId backup;

    RecoveryPlanner(WalNeeded wal, BackupId backup) {
        this.wal = wal;
        this.backup = backup;
    }

    RecoveryPlan plan(@Nullable RecoverTo to) throws RepositoryException, RestoreException {
        if (to == null || to.target() instanceof RecoveryTarget.Immediate) {
            return new RecoveryPlan.ToBackupsEnd();
        }
        return plan(to.target(), to.window().read(), to.window().times());
    }

    RecoveryPlan.Along plan(RecoveryTarget target, RecoveryWindow window, WindowClock clock)
            throws RepositoryException, RestoreException {
        int timeline = timeline(target.along(), window);
        Moment end = window.end(timeline, backup)
                .orElseThrow(
                        () -> refused(
                                "no unbroken WAL leads from backup " + backup + " to timeline "
                                        + Integer.toUnsignedString(timeline),
                                "recover along another timeline (--timeline current is the backup's own), or begin with another backup."));
        return switch (target) {
            case RecoveryTarget.Latest latest -> toEnd(latest, timeline, end, window);
            case RecoveryTarget.Immediate immediate -> throw new IllegalArgumentException("needs no way");
            case RecoveryTarget.Position position -> toPosition(position, timeline, end, window);
            case RecoveryTarget.Time time -> toTime(time, timeline, end, window, clock);
            // Where they are is known when they are found.
            case RecoveryTarget.Transaction transaction -> along(target, timeline, end.lsn(), false, window);
            case RecoveryTarget.Named named -> along(target, timeline, end.lsn(), false, window);
        };
    }

    /** The newest of those that lead on from the backup, its own, or the chosen one. */
    private int timeline(RecoveryTimeline wanted, RecoveryWindow window) throws RepositoryException {
        if (wanted.number().isPresent()) {
            return wanted.number().getAsInt();
        }
        if (wanted.equals(RecoveryTimeline.CURRENT)) {
            return wal.timeline();
        }
        for (int each : new ArrayList<>(window.timelines()).reversed()) {
            if (window.end(each, backup).isPresent()) {
                return each;
            }
        }
        return wal.timeline();
    }

    private RecoveryPlan.Along toEnd(RecoveryTarget.Latest target, int timeline, Moment end, RecoveryWindow window)
            throws RestoreException {
        Optional<Hole> hole = holeAt(end, timeline, window);
        if (hole.isPresent()) {
            throw refused(
                    "WAL is missing behind " + end + ", so " + Moments.of(target) + " cannot be reached from backup "
                            + backup,
                    nearest(Optional.of(end), hole.get().healedBy().map(RecoveryPlanner::endOf)));
        }
        return along(target, timeline, end.lsn(), true, window);
    }

    private RecoveryPlan.Along toPosition(
            RecoveryTarget.Position target, int timeline, Moment end, RecoveryWindow window) throws RestoreException {
        Lsn lsn = Lsn.parse(target.lsn());
        if (lsn.compareTo(wal.stopLsn()) < 0 || lsn.compareTo(end.lsn()) > 0) {
            throw outside(target, end, window.reach(timeline, lsn));
        }
        // Beyond the record that begins at the target nothing is wanted; where it ends only the record itself says.
        return along(target, timeline, end.lsn(), true, window);
    }

    private RecoveryPlan.Along toTime(
            RecoveryTarget.Time target, int timeline, Moment end, RecoveryWindow window, WindowClock clock)
            throws RepositoryException, RestoreException {
        Reach reach = window.reach(timeline, target.time());
        return switch (reach) {
            case Reach.Reachable reachable -> {
                boolean isBefore = reachable.base().wal().stopLsn().compareTo(wal.stopLsn()) < 0;
                if (isBefore || reachable.end().lsn().compareTo(end.lsn()) > 0) {
                    throw refused(
                            "backup " + backup + (isBefore ? " ended after " : " does not lead to ") + target.time(),
                            "restore backup " + reachable.base().backup() + ", which does.");
                }
                boolean within = isSampled(target.time(), parts(timeline, end.lsn(), window), clock);
                yield along(target, timeline, end.lsn(), within, window);
            }
            case Reach.Outside outside -> {
                if (!mayBeBehindSamples(target.time(), timeline, end, window, clock)) {
                    throw outside(target, outside);
                }
                yield along(target, timeline, end.lsn(), false, window);
            }
        };
    }

    /**
     * Whether the server is known to have lived at a time or later while it wrote this log. The time of a backup's end says
     * less: it is its maker's, who waits for things and has a clock of his own.
     */
    private static boolean isSampled(Instant time, List<WalPart> parts, WindowClock clock) throws RepositoryException {
        for (WalPart part : parts.reversed()) {
            Optional<WalTime> last = clock.atOrBefore(part.timeline(), part.to());
            if (last.isPresent()) {
                return !last.get().time().isBefore(time);
            }
        }
        return false;
    }

    /** Whether the log may well reach to a time though no sample says so yet. */
    private boolean mayBeBehindSamples(Instant time, int timeline, Moment end, RecoveryWindow window, WindowClock clock)
            throws RepositoryException {
        boolean isLast = window.end(timeline).map(Moment::lsn).equals(Optional.of(end.lsn()));
        if (!isLast || holeAt(end, timeline, window).isPresent()) {
            return false;
        }
        Optional<WalTime> last = clock.atOrBefore(end.timeline(), end.lsn());
        boolean sampled = last.isPresent() && last.get().lsn().compareTo(wal.stopLsn()) >= 0;
        Instant known = end.time().orElse(Instant.MIN);
        return !time.isBefore(known) && (!sampled || !time.isAfter(known.plus(BEHIND_SAMPLES)));
    }

    private RecoveryPlan.Along along(
            RecoveryTarget target, int timeline, Lsn end, boolean within, RecoveryWindow window) {
        return new RecoveryPlan.Along(
                target, timeline, WalPath.over(parts(timeline, end, window), wal.segmentSize()), within);
    }

    private List<WalPart> parts(int timeline, Lsn end, RecoveryWindow window) {
        return window.parts(timeline, new WindowBase(backup, wal, Instant.EPOCH, false), end);
    }

    private static Optional<Hole> holeAt(Moment end, int timeline, RecoveryWindow window) {
        return window.holes(timeline).stream()
                .filter(hole -> hole.from().equals(end.lsn()))
                .findFirst();
    }

    private RestoreException outside(RecoveryTarget target, Moment end, Reach reach) {
        return switch (reach) {
            case Reach.Reachable reachable ->
                refused(
                        Moments.of(target) + " cannot be reached from backup " + backup + ", which ends at "
                                + wal.stopLsn() + " and leads to " + end,
                        "restore backup " + reachable.base().backup() + ".");
            case Reach.Outside outside -> outside(target, outside);
        };
    }

    /** Refuses a moment that nothing leads to. */
    static RestoreException outside(RecoveryTarget target, Reach.Outside reach) {
        return refused(
                Moments.of(target) + " is outside of what can be reached"
                        + reach.hole()
                                .map(hole -> ": WAL is missing from " + hole.from() + " on timeline "
                                        + Integer.toUnsignedString(hole.timeline()))
                                .orElse(""),
                nearest(reach.before(), reach.after()));
    }

    private static Moment endOf(WindowBase base) {
        return new Moment(base.wal().timeline(), base.wal().stopLsn(), Optional.of(base.finishedAt()));
    }

    private static String nearest(Optional<Moment> before, Optional<Moment> after) {
        String nearest = before.map(it -> "the last moment before it is " + it).orElse("")
                + (before.isPresent() && after.isPresent() ? ", " : "")
                + after.map(it -> "the first behind it " + it).orElse("");
        return nearest.isEmpty() ? "make a backup." : "recover to a moment that can be reached: " + nearest + ".";
    }

    private static RestoreException refused(String what, String hint) {
        return new RestoreException(FailureCategory.WAL_MISSING, what + ".", hint + " Nothing was changed.");
    }
}

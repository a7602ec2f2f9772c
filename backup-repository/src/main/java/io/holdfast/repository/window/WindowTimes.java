package io.holdfast.repository.window;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.wal.Lsn;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Says at which times the ends of stretches were reached. */
record WindowTimes(WindowClock clock) {
    /**
     * When a backup was consistent: whoever made it had another clock than the server, so what is known from samples before
     * and behind its end bounds what he says.
     */
    Instant of(WindowBase base) throws RepositoryException {
        int timeline = base.wal().timeline();
        Lsn stop = base.wal().stopLsn();
        Instant time = base.finishedAt();
        Optional<WalTime> after = clock.atOrAfter(timeline, stop);
        if (after.isPresent() && after.get().time().isBefore(time)) {
            time = after.get().time();
        }
        Optional<WalTime> before = clock.atOrBefore(timeline, stop.plus(-1));
        if (before.isPresent() && before.get().time().isAfter(time)) {
            time = before.get().time();
        }
        return time;
    }

    /** Up to which time all is known that was committed where the log of a way ends; at least that of the base's end. */
    Instant end(TimelinePath path, WindowBase base, Lsn end) throws RepositoryException {
        Instant least = of(base);
        List<TimelinePath.Leg> legs = path.legs();
        for (int i = legs.size() - 1; i >= 0; i--) {
            TimelinePath.Leg leg = legs.get(i);
            if (i == 0 || leg.begin().compareTo(end) < 0) {
                Lsn reached = leg.end().compareTo(end) < 0 ? leg.end() : end;
                Optional<WalTime> sample = clock.atOrBefore(leg.timeline(), reached);
                if (sample.isPresent()) {
                    boolean isLater = sample.get().lsn().compareTo(base.wal().stopLsn()) >= 0
                            && sample.get().time().isAfter(least);
                    return isLater ? sample.get().time() : least;
                }
            }
        }
        return least;
    }
}

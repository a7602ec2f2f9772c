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
        // A clock that showed less afterwards was ahead before: that says nothing about the backup.
        boolean wasAhead = before.isPresent()
                && after.isPresent()
                && after.get().time().isBefore(before.get().time());
        if (before.isPresent() && !wasAhead && before.get().time().isAfter(time)) {
            time = before.get().time();
        }
        return time;
    }

    /** Up to which time all is known that was committed where the log of a way ends; at least that of the base's end. */
    Instant end(TimelinePath path, WindowBase base, Lsn end) throws RepositoryException {
        Instant least = of(base);
        return sampled(path, base, end).filter(least::isBefore).orElse(least);
    }

    /** The same by samples alone; empty where there is none from behind the base's end. */
    Optional<Instant> sampled(TimelinePath path, WindowBase base, Lsn end) throws RepositoryException {
        List<TimelinePath.Leg> legs = path.legs();
        for (int i = legs.size() - 1; i >= 0; i--) {
            TimelinePath.Leg leg = legs.get(i);
            if (i == 0 || leg.begin().compareTo(end) < 0) {
                Lsn reached = leg.end().compareTo(end) < 0 ? leg.end() : end;
                Optional<WalTime> sample = clock.atOrBefore(leg.timeline(), reached);
                if (sample.isPresent()) {
                    return sample.get().lsn().compareTo(base.wal().stopLsn()) < 0
                            ? Optional.empty()
                            : Optional.of(time(sample.get(), clock.atOrAfter(leg.timeline(), reached.plus(1))));
                }
            }
        }
        return Optional.empty();
    }

    /** The time of a sample; where the clock showed less in the next one, it was ahead, and what was committed then is stamped so. */
    private static Instant time(WalTime sample, Optional<WalTime> next) {
        return next.map(WalTime::time).filter(sample.time()::isAfter).orElse(sample.time());
    }
}

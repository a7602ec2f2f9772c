package io.holdfast.restore.physical;

import io.holdfast.repository.RepositoryException;
import io.holdfast.restore.RestoreWatch;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a repository that is away, in the middle of a restore, so that what was fetched need not be given up. For one
 * thread.
 */
final class Patience {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final long LOOK_MILLIS = 200;

    private final Duration limit;
    private final Clock clock;
    private @Nullable Instant awaySince;
    private long reached = -1;

    /** @param limit how long a repository may be away without anything having been fetched */
    Patience(Duration limit, Clock clock) {
        this.limit = limit;
        this.clock = clock;
    }

    /** Asks whether the repository is there again. */
    @FunctionalInterface
    interface Probe {
        void ask() throws RepositoryException;
    }

    /**
     * Returns as soon as the repository answers.
     *
     * @param failure what it failed with, thrown when it has been away for too long
     * @param bytes how far the restore is; further than the last time means that the repository was there in between
     */
    void await(RepositoryException.Unavailable failure, long bytes, RestoreWatch watch, Probe probe)
            throws RepositoryException, InterruptedException {
        watch.goOn();
        Instant since = awaySince;
        if (since == null || bytes > reached) {
            since = clock.instant();
            awaySince = since;
            reached = bytes;
        }
        RepositoryException.Unavailable last = failure;
        for (Duration pause = FIRST_PAUSE; ; pause = longer(pause)) {
            if (Duration.between(since, clock.instant()).compareTo(limit) >= 0) {
                throw last;
            }
            pause(pause, watch);
            try {
                probe.ask();
                return;
            } catch (RepositoryException.Unavailable stillAway) {
                last = stillAway;
            }
        }
    }

    private static void pause(Duration pause, RestoreWatch watch) throws InterruptedException {
        for (long rest = pause.toMillis(); rest > 0; rest -= LOOK_MILLIS) {
            watch.goOn();
            TimeUnit.MILLISECONDS.sleep(Math.min(rest, LOOK_MILLIS));
        }
    }

    private static Duration longer(Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }
}

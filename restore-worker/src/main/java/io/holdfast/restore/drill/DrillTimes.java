package io.holdfast.restore.drill;

import io.holdfast.events.restore.RestoreCompleted.Phase;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Measures the phases of a restore that it watches, also of one that fails. Thread safe. */
final class DrillTimes implements RestoreWatch {
    private final RestoreWatch watch;
    private final Clock clock;
    private final Instant began;
    private final List<Phase> over = new ArrayList<>();
    private @Nullable RestorePhase current;
    private Instant since;
    private @Nullable Instant ready;

    DrillTimes(RestoreWatch watch, Clock clock) {
        this.watch = watch;
        this.clock = clock;
        this.began = clock.instant();
        this.since = began;
    }

    @Override
    public void progress(RestorePhase phase, long done, @Nullable Long total) {
        begin(phase);
        watch.progress(phase, done, total);
    }

    @Override
    public boolean stopRequested() {
        return watch.stopRequested();
    }

    private synchronized void begin(RestorePhase phase) {
        if (phase != current) {
            end();
            current = phase;
            since = clock.instant();
        }
    }

    /** The current phase is over. */
    synchronized void end() {
        if (current != null) {
            over.add(new Phase(current.wireName(), seconds(since, clock.instant())));
            current = null;
        }
    }

    /** The first query was answered. */
    synchronized void answered() {
        ready = clock.instant();
    }

    Instant began() {
        return began;
    }

    synchronized List<Phase> phases() {
        return List.copyOf(over);
    }

    /** Until the first query was answered; absent: none was. */
    synchronized @Nullable Double untilAnswered() {
        return ready == null ? null : (Double) seconds(began, ready);
    }

    static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1000.0;
    }
}

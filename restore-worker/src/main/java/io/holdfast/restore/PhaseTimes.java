package io.holdfast.restore;

import io.holdfast.events.restore.RestoreCompleted.Phase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How long each phase took. For one thread. */
public final class PhaseTimes {
    private final Clock clock;
    private final List<Phase> finished = new ArrayList<>();
    private @Nullable RestorePhase current;
    private Instant since;

    public PhaseTimes(Clock clock) {
        this.clock = clock;
        this.since = clock.instant();
    }

    /** A phase begins; the one before is over. */
    public void begin(RestorePhase phase) {
        end();
        current = phase;
        since = clock.instant();
    }

    /** The current phase is over. */
    public void end() {
        if (current != null) {
            double seconds = Duration.between(since, clock.instant()).toMillis() / 1000.0;
            finished.add(new Phase(current.wireName(), seconds));
            current = null;
        }
    }

    /** The phases that are over, in order. */
    public List<Phase> finished() {
        return List.copyOf(finished);
    }
}

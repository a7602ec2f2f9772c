package io.holdfast.backup.stream;

import io.holdfast.events.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a stream stands still, and whether that was told: once, and once that it goes on. Immutable. */
record Trouble(
        @Nullable Instant since, boolean told, @Nullable Failure failure) {
    static final Trouble NONE = new Trouble(null, false, null);

    /** What is to be told of a change. */
    record Told(Trouble now, Optional<Failure> interrupted, Optional<Instant> resumedSince) {}

    /** As {@link #failed(Failure, Instant, Instant, Duration)}, for what is seen as it begins. */
    Told failed(Failure cause, Instant now, Duration patience) {
        return failed(cause, now, now, patience);
    }

    /**
     * It stands still, still.
     *
     * @param from when it began, as far as it is not known already
     * @param patience how long that may be before it is told; what does not go away by itself is told at once
     */
    Told failed(Failure cause, Instant from, Instant now, Duration patience) {
        Instant began = since == null ? from : since;
        boolean due = !told && (!cause.category().retryable() || !now.isBefore(began.plus(patience)));
        return new Told(
                new Trouble(began, told || due, cause), due ? Optional.of(cause) : Optional.empty(), Optional.empty());
    }

    /** It goes on. */
    Told works() {
        return new Told(NONE, Optional.empty(), told ? Optional.ofNullable(since) : Optional.empty());
    }
}

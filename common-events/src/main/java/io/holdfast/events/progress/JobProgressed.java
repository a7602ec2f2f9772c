package io.holdfast.events.progress;

import io.holdfast.events.EventId;
import io.holdfast.events.TargetId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a running job is.
 *
 * @param request        the request that the job works on
 * @param target         its target
 * @param work           what sort of work
 * @param phase          what it does just now: {@code read}, {@code wal}, {@code fetch}, {@code recover} …
 * @param bytesDone      how much is done
 * @param bytesTotal     how much there is, where known
 * @param bytesPerSecond the rate of the last seconds
 * @param secondsLeft    an estimate, where the total is known
 * @param at             when this was so
 * @param worker         who works
 */
public record JobProgressed(
        EventId request,
        TargetId target,
        Work work,
        String phase,
        long bytesDone,
        @Nullable Long bytesTotal,
        long bytesPerSecond,
        @Nullable Long secondsLeft,
        Instant at,
        String worker)
        implements ProgressEvent {

    @Override
    public String subject() {
        return target.value();
    }
}

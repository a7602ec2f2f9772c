package io.holdfast.events.drill;

import io.holdfast.events.restore.RestoreCompleted.Phase;
import io.holdfast.events.restore.RestoreCompleted.RecoveredTo;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a drill measured, as far as it came.
 *
 * @param phases        how long each took, in order: {@code fetch}, {@code start}, {@code recover}, {@code check}, {@code stop}
 * @param rtoSeconds    from the beginning until the first query was answered; absent: it was not
 * @param bytes         bytes that were brought back; absent: not all of them were
 * @param reached       how far it was recovered; absent: it was not
 * @param recoverableTo the newest moment that could have been recovered to when the drill was asked for; absent: not known
 * @param rpoSeconds    how long before the request that was: what would have been lost; absent: not known
 */
public record DrillMeasures(
        List<Phase> phases,
        @Nullable Double rtoSeconds,
        @Nullable Long bytes,
        @Nullable RecoveredTo reached,
        @Nullable Instant recoverableTo,
        @Nullable Double rpoSeconds) {

    /** Nothing. */
    public static final DrillMeasures NONE = new DrillMeasures(List.of(), null, null, null, null, null);

    public DrillMeasures {
        phases = List.copyOf(phases);
    }
}

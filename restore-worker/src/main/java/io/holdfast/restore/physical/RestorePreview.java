package io.holdfast.restore.physical;

import io.holdfast.events.Failure;
import io.holdfast.events.restore.RestorePlanned.Plan;
import io.holdfast.restore.RestoreException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a restore would do. Nothing was written to find it out.
 *
 * @param plan what would be done; absent where a refusal leaves nothing to plan
 * @param refusals what {@link PhysicalRestore#run} would refuse it for, as far as that shows before it is begun, in the order
 *     in which it looks; none: it would be begun
 */
public record RestorePreview(@Nullable Plan plan, List<Failure> refusals) {
    private static final double FILES_PER_SECOND = 150e6;
    private static final double WAL_PER_SECOND = 50e6;

    public RestorePreview {
        refusals = List.copyOf(refusals);
    }

    /**
     * Makes sure that it would be begun.
     *
     * @throws RestoreException the first refusal
     */
    public void requireAdmitted() throws RestoreException {
        if (!refusals.isEmpty()) {
            throw new RestoreException(refusals.getFirst(), List.of(), null);
        }
    }

    /** Roughly, in seconds: files at 150 MB/s, log at 50 MB/s. */
    static double seconds(long bytes, long walBytes) {
        return Math.round(10 * (bytes / FILES_PER_SECOND + walBytes / WAL_PER_SECOND)) / 10.0;
    }
}

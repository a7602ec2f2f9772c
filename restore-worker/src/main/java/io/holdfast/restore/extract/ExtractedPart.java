package io.holdfast.restore.extract;

import io.holdfast.events.restore.RestoreCompleted.Phase;
import io.holdfast.events.restore.RestoreCompleted.RecoveredTo;
import io.holdfast.events.verification.Damage;
import io.holdfast.restore.logical.LoadedDatabase;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was taken out of a cluster and is in a database now.
 *
 * @param phases how long each took: of the recovery in the sandbox, then of loading
 * @param recoveredTo how far the cluster was recovered; absent: that could not be told any more
 * @param missing with damage accepted: what could not be read
 */
public record ExtractedPart(
        LoadedDatabase loaded, List<Phase> phases, @Nullable RecoveredTo recoveredTo, List<Damage> missing) {
    public ExtractedPart {
        phases = List.copyOf(phases);
        missing = List.copyOf(missing);
    }
}

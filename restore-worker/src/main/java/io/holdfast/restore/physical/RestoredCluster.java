package io.holdfast.restore.physical;

import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.events.restore.RestoreCompleted.Comparison;
import io.holdfast.events.restore.RestoreCompleted.Phase;
import io.holdfast.events.restore.RestoreCompleted.RecoveredTo;
import io.holdfast.events.verification.Damage;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cluster that is back, recovered and looked at.
 *
 * @param connection libpq connection string without password; absent when the server was stopped
 * @param bytes that are back, WAL included
 * @param missing with damage accepted: what could not be read and is zeros now
 * @param comparison where something was there before: what became of it
 * @param recoveredTo how far it was recovered
 * @param keptAside where what lay there before is kept; none: nothing is
 */
public record RestoredCluster(
        Path dataDirectory,
        @Nullable String connection,
        long bytes,
        List<Phase> phases,
        List<CheckResult> checks,
        List<Damage> missing,
        @Nullable Comparison comparison,
        RecoveredTo recoveredTo,
        List<Path> keptAside) {
    public RestoredCluster {
        phases = List.copyOf(phases);
        checks = List.copyOf(checks);
        missing = List.copyOf(missing);
        keptAside = List.copyOf(keptAside);
    }
}

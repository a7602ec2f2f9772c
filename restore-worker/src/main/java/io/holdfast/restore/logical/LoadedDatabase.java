package io.holdfast.restore.logical;

import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.events.restore.RestoreCompleted.Phase;
import java.util.List;

/**
 * A dump that was loaded and looked at.
 *
 * @param connection libpq connection string without password
 * @param bytes of the dump
 */
public record LoadedDatabase(String connection, long bytes, List<Phase> phases, List<CheckResult> checks) {
    public LoadedDatabase {
        phases = List.copyOf(phases);
        checks = List.copyOf(checks);
    }
}

package io.holdfast.restore.drill;

import io.holdfast.events.Failure;
import io.holdfast.events.drill.DrillCheck;
import io.holdfast.events.drill.DrillMeasures;
import io.holdfast.events.drill.DrillReason;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.repository.BackupId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of a drill.
 *
 * @param backup which backup was taken; absent: none was
 * @param moment how far it was to be recovered; absent: to the backup's end
 * @param checks all that was looked at
 * @param trouble what it failed for; absent: for nothing
 * @param report where its report is; absent: nowhere
 */
public record DrillResult(
        @Nullable BackupId backup,
        @Nullable RecoveryTarget moment,
        Instant startedAt,
        Instant finishedAt,
        DrillMeasures measures,
        List<DrillCheck> checks,
        @Nullable Trouble trouble,
        @Nullable String report) {
    public DrillResult {
        checks = List.copyOf(checks);
    }

    /** What a drill failed for. */
    public record Trouble(DrillReason reason, Failure failure) {}

    DrillResult withReport(@Nullable String name) {
        return new DrillResult(backup, moment, startedAt, finishedAt, measures, checks, trouble, name);
    }
}

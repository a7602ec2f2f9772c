package io.holdfast.events.drill;

import io.holdfast.events.BackupId;
import io.holdfast.events.DrillId;
import io.holdfast.events.Failure;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import io.holdfast.events.request.RecoveryTarget;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A drill failed: this target could not be brought back as it has to be.
 *
 * @param backupId which backup was taken; absent: none was
 * @param moment   how far it was to be recovered; absent: to the backup's end, or it did not come so far
 * @param seed     by which they were picked
 * @param reason   what it failed for; the first where there are several
 * @param measures what was measured, as far as it came
 * @param checks   what was looked at: first what failed; of very many the first, all are in the report
 * @param report   where in the repository the report is; absent: there is none
 */
public record DrillFailed(
        DrillId drillId,
        TargetId target,
        RepositoryId repository,
        SiteName site,
        @Nullable BackupId backupId,
        @Nullable RecoveryTarget moment,
        long seed,
        @Nullable Instant startedAt,
        Instant failedAt,
        int attempts,
        DrillReason reason,
        Failure failure,
        DrillMeasures measures,
        List<DrillCheck> checks,
        @Nullable String report)
        implements DrillEvent {

    public DrillFailed {
        checks = List.copyOf(checks);
    }
}

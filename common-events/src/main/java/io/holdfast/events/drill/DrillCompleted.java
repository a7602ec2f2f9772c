package io.holdfast.events.drill;

import io.holdfast.events.BackupId;
import io.holdfast.events.DrillId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import io.holdfast.events.request.RecoveryTarget;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A backup was restored in a sandbox, recovered, and found to be as it has to be.
 *
 * @param backupId which backup was taken
 * @param moment   how far it was to be recovered; absent: to the backup's end
 * @param seed     by which they were picked
 * @param measures what was measured
 * @param checks   what was looked at; of very many the first, all are in the report
 * @param report   where in the repository the report is: that and {@code .json} or {@code .html}; absent: it could not be
 *                 stored
 */
public record DrillCompleted(
        DrillId drillId,
        TargetId target,
        RepositoryId repository,
        SiteName site,
        BackupId backupId,
        @Nullable RecoveryTarget moment,
        long seed,
        Instant startedAt,
        Instant finishedAt,
        DrillMeasures measures,
        List<DrillCheck> checks,
        @Nullable String report)
        implements DrillEvent {

    public DrillCompleted {
        checks = List.copyOf(checks);
    }
}

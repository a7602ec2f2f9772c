package io.holdfast.scheduler.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.holdfast.events.Failure;
import io.holdfast.events.progress.JobProgressed;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.request.RestoreDestination;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.events.restore.RestoreCompleted.Comparison;
import io.holdfast.events.restore.RestoreCompleted.Phase;
import io.holdfast.events.restore.RestoreCompleted.RecoveredTo;
import io.holdfast.events.restore.RestorePlanned.Plan;
import io.holdfast.events.verification.Damage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the API shows of the catalog. Absent fields are left out. Times are ISO 8601 in UTC, sizes in bytes. */
public final class Listed {

    private Listed() {}

    /**
     * A backup.
     *
     * @param bytes       what was read from the source
     * @param storedBytes what it added to the repository
     * @param encrypted   whether only its recipients can read it
     * @param failure     why it failed, or was found damaged
     * @param expiredAt   when it was said that it goes; nothing is restored from it since
     * @param expiredBecause why
     * @param deletedAt   when it was gone
     * @param progress    how far running work on it is, its verification included
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Backup(
            String backupId,
            String target,
            @Nullable String kind,
            BackupStatus status,
            @Nullable Instant requestedAt,
            @Nullable Instant dueAt,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt,
            @Nullable Long bytes,
            @Nullable Long storedBytes,
            @Nullable String repository,
            @Nullable String manifest,
            @Nullable String reason,
            @Nullable String requestedBy,
            @Nullable Integer attempts,
            @Nullable String worker,
            @Nullable Integer timeline,
            @Nullable String startLsn,
            @Nullable String stopLsn,
            @Nullable String systemIdentifier,
            @Nullable String serverVersion,
            @Nullable List<String> databases,
            @Nullable List<String> exceptions,
            @Nullable Boolean encrypted,
            @Nullable String cancelledBy,
            @Nullable String caughtUpBy,
            @Nullable Failure failure,
            @Nullable Verification verification,
            @Nullable Instant expiredAt,
            @Nullable String expiredBecause,
            @Nullable Instant deletedAt,
            @Nullable Progress progress) {}

    /**
     * What the newest verification showed.
     *
     * @param status  {@code verified} or {@code failed}
     * @param level   what was shown: present, bytes, structure, restored
     * @param damages what is damaged, at most 100
     * @param damaged how many damages there are in all
     * @param rungs   when each level was last shown, by the newest verification or an earlier one
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Verification(
            String status,
            @Nullable String level,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt,
            @Nullable Double seconds,
            @Nullable Long bytesRead,
            @Nullable Long objects,
            @Nullable Failure failure,
            @Nullable List<Damage> damages,
            @Nullable Long damaged,
            Map<String, Instant> rungs) {}

    /** How far running work is. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Progress(
            String work,
            String phase,
            long bytesDone,
            @Nullable Long bytesTotal,
            long bytesPerSecond,
            @Nullable Long secondsLeft,
            Instant at,
            String worker) {

        static Progress of(JobProgressed progressed) {
            return new Progress(
                    progressed.work().wireName(),
                    progressed.phase(),
                    progressed.bytesDone(),
                    progressed.bytesTotal(),
                    progressed.bytesPerSecond(),
                    progressed.secondsLeft(),
                    progressed.at(),
                    progressed.worker());
        }
    }

    /**
     * A restore.
     *
     * @param connection libpq connection string of what was left running
     * @param missing    with damage accepted: what could not be restored
     * @param comparison where something was there before: what became of it
     * @param recoveryTarget how far it is to be recovered; absent: to the backup's end
     * @param recoveredTo how far it was recovered
     * @param damages    why it was refused: what is damaged
     * @param dryRun     whether nothing was to be changed
     * @param plan       of a dry run: what would be done
     * @param refusals   of a dry run: why it would be refused; none: it would be begun
     * @param estimate   of a dry run: how long it would take
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Restore(
            String restoreId,
            String backupId,
            String target,
            String site,
            @Nullable String kind,
            RestoreStatus status,
            @Nullable Instant requestedAt,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt,
            @Nullable RestoreDestination destination,
            @Nullable String directory,
            @Nullable String connection,
            @Nullable Boolean running,
            @Nullable Long bytes,
            @Nullable List<Phase> phases,
            @Nullable List<CheckResult> checks,
            @Nullable List<Damage> missing,
            @Nullable Comparison comparison,
            @Nullable RecoveryTarget recoveryTarget,
            @Nullable RecoveredTo recoveredTo,
            @Nullable List<String> keptAside,
            @Nullable List<String> warnings,
            @Nullable String report,
            @Nullable String reason,
            @Nullable String requestedBy,
            @Nullable Integer attempts,
            @Nullable String worker,
            @Nullable String cancelledBy,
            @Nullable Failure failure,
            @Nullable List<Damage> damages,
            @Nullable Boolean dryRun,
            @Nullable Plan plan,
            @Nullable List<Failure> refusals,
            @Nullable Estimate estimate,
            @Nullable Progress progress) {}

    /**
     * How long a restore would take.
     *
     * @param seconds      in all
     * @param measuredIn   the drill or restore that it is reckoned from; absent: from assumed speeds
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Estimate(double seconds, @Nullable String measuredIn) {}
}

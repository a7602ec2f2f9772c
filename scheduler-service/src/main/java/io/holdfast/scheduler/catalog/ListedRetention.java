package io.holdfast.scheduler.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.holdfast.events.Failure;
import io.holdfast.events.definition.RetentionRules;
import io.holdfast.events.retention.JudgedBackup;
import io.holdfast.events.retention.RetentionCompleted;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the API shows of retention. */
public final class ListedRetention {

    private ListedRetention() {}

    /**
     * A run of the retention role.
     *
     * @param status           how far it is; a dry run that has ended is planned
     * @param kept             how many backups stay
     * @param waiting          how many no rule keeps, but something else does for now
     * @param removed          how many go; in a dry run would go
     * @param awaitingApproval how many of those that wait need somebody's consent
     * @param decisions        what becomes of each, and why
     * @param leftOut          how many decisions there was no room for
     * @param locked           how many objects that are not needed the store does not let go yet
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Run(
            String runId,
            String target,
            String repository,
            boolean dryRun,
            RestoreStatus status,
            @Nullable Instant requestedAt,
            @Nullable Instant finishedAt,
            @Nullable String reason,
            @Nullable String requestedBy,
            @Nullable Integer kept,
            @Nullable Integer waiting,
            @Nullable Integer removed,
            @Nullable Integer awaitingApproval,
            @Nullable List<JudgedBackup> decisions,
            @Nullable Integer leftOut,
            @Nullable Long objects,
            @Nullable Long logObjects,
            @Nullable Long locked,
            @Nullable List<String> notes,
            @Nullable Failure failure,
            @Nullable String cancelledBy) {

        static Run of(CatalogRetention row) {
            RetentionCompleted result = StoredJson.read(row.result, RetentionCompleted.class);
            return new Run(
                    row.runId.toString(),
                    row.target,
                    row.repository,
                    row.dryRun,
                    row.status,
                    row.requestedAt,
                    row.completedAt != null ? row.completedAt : row.failedAt != null ? row.failedAt : row.cancelledAt,
                    row.reason,
                    row.requestedBy,
                    result == null ? null : result.kept(),
                    result == null ? null : result.waiting(),
                    result == null ? null : result.removed(),
                    result == null ? null : result.awaitingApproval(),
                    result == null ? null : result.decisions(),
                    result == null ? null : result.leftOut(),
                    result == null ? null : result.objects(),
                    result == null ? null : result.logObjects(),
                    result == null ? null : result.locked(),
                    result == null ? null : result.notes(),
                    row.status == RestoreStatus.FAILED ? StoredJson.read(row.failure, Failure.class) : null,
                    row.cancelledBy);
        }

        /** Whether it has ended, one way or the other. */
        public boolean over() {
            return status.settled();
        }
    }

    /**
     * How a target stands in a repository.
     *
     * @param rules     what is promised to stay; absent: everything stays
     * @param plan      the newest look at its backups, in a dry run or a real one
     * @param lastRunAt when the role last did what the rules say
     * @param failure   why the newest run did not, if so
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Standing(
            String target,
            String repository,
            @Nullable RetentionRules rules,
            @Nullable Run plan,
            @Nullable Instant lastRunAt,
            @Nullable Failure failure) {}

    /**
     * A hold of a backup.
     *
     * @param status  what came of the newest request
     * @param held    whether it keeps its backup just now
     * @param failure why the newest request was not done
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Hold(
            String backupId,
            String name,
            String target,
            String repository,
            String status,
            boolean held,
            @Nullable String reason,
            @Nullable String heldBy,
            @Nullable Instant heldAt,
            @Nullable String releasedBy,
            @Nullable Instant releasedAt,
            @Nullable Failure failure) {

        static Hold of(CatalogHold row) {
            Failure failure = StoredJson.read(row.failure, Failure.class);
            return new Hold(
                    row.backupId.toString(),
                    row.name,
                    row.target,
                    row.repository,
                    row.isAsked() ? "requested" : failure != null ? "failed" : row.isHeld() ? "held" : "released",
                    row.isHeld(),
                    row.reason,
                    row.heldBy,
                    row.heldAt,
                    row.releasedBy,
                    row.isHeld() ? null : row.releasedAt,
                    row.isAsked() ? null : failure);
        }

        /** Whether nothing is under way. */
        public boolean over() {
            return !status.equals("requested");
        }
    }
}

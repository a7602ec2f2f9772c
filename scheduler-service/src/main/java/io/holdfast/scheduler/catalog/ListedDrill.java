package io.holdfast.scheduler.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.holdfast.events.Failure;
import io.holdfast.events.drill.DrillCheck;
import io.holdfast.events.drill.DrillMeasures;
import io.holdfast.events.request.RecoveryTarget;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A drill.
 *
 * @param backupId which backup was taken
 * @param moment how far it was to be recovered; absent: to the backup's end
 * @param failedFor what it failed for, {@code row_count}
 * @param report where in the repository its report is: that and {@code .html} or {@code .json}
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ListedDrill(
        String drillId,
        String target,
        String site,
        RestoreStatus status,
        @Nullable Instant requestedAt,
        @Nullable Instant dueAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable String backupId,
        @Nullable RecoveryTarget moment,
        @Nullable Long seed,
        @Nullable DrillMeasures measures,
        @Nullable List<DrillCheck> checks,
        @Nullable String report,
        @Nullable String failedFor,
        @Nullable Failure failure,
        @Nullable String reason,
        @Nullable String requestedBy,
        @Nullable Integer attempts) {

    static ListedDrill of(CatalogDrill row) {
        return new ListedDrill(
                row.drillId.toString(),
                row.target,
                row.site,
                row.status,
                row.requestedAt,
                row.dueAt,
                row.startedAt,
                row.finishedAt(),
                row.backupId == null ? null : row.backupId.toString(),
                StoredJson.read(row.moment, RecoveryTarget.class),
                row.seed,
                StoredJson.read(row.measures, DrillMeasures.class),
                StoredJson.readList(row.checks, DrillCheck.class),
                row.report,
                row.failedFor,
                row.status == RestoreStatus.FAILED ? StoredJson.read(row.failure, Failure.class) : null,
                row.reason,
                row.requestedBy,
                row.attempts == 0 ? null : row.attempts);
    }

    /** Whether it has ended, one way or the other. */
    public boolean over() {
        return status.settled();
    }

    /**
     * How a target stands.
     *
     * @param lastPassedAt when it was last shown that it can be brought back
     * @param lastFailedAt when a drill last failed
     * @param rtoSeconds how long it took then until the first query was answered
     * @param rpoSeconds how much would have been lost then
     * @param estimateSeconds how long it would take now: what the last passed drill took, fetching the newest backup's bytes at
     *     its speed
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Standing(
            String target,
            @Nullable Instant lastPassedAt,
            @Nullable Instant lastFailedAt,
            @Nullable String lastFailedFor,
            @Nullable Double rtoSeconds,
            @Nullable Double rpoSeconds,
            @Nullable Double estimateSeconds) {}
}

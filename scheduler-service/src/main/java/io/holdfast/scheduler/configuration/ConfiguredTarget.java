package io.holdfast.scheduler.configuration;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.definition.LogicalDumps;
import io.holdfast.events.definition.PostgresServer;
import io.holdfast.events.definition.RetentionRules;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.events.definition.WalArchiving;
import io.holdfast.scheduler.schedule.DrillPlan;
import io.holdfast.scheduler.schedule.TargetSchedule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A target as configured.
 *
 * @param repositories where its backups may go, the one that is meant where none is named first; never empty
 * @param logical what logical backups hold; absent: everything
 * @param wal how the log is archived between base backups
 * @param schedules at most one for each kind of backup and repository
 * @param drill what is configured of its drills; absent: nothing
 * @param retention what is promised to stay, for each repository where that is said
 */
public record ConfiguredTarget(
        TargetId id,
        PostgresServer postgres,
        List<RepositoryId> repositories,
        @Nullable LogicalDumps logical,
        WalArchiving wal,
        List<TargetSchedule> schedules,
        @Nullable DrillPlan drill,
        List<RetentionRules> retention) {

    public ConfiguredTarget {
        repositories = List.copyOf(repositories);
        schedules = List.copyOf(schedules);
        retention = List.copyOf(retention);
    }

    /** The repository that is meant where none is named. */
    public RepositoryId repository() {
        return repositories.getFirst();
    }

    /** What is said of it, without a revision. */
    TargetDefined defined() {
        return new TargetDefined(
                id,
                0,
                postgres,
                repository(),
                logical,
                wal,
                repositories.size() == 1 ? null : repositories,
                retention.isEmpty() ? null : retention);
    }
}

package io.holdfast.scheduler.configuration;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.definition.LogicalDumps;
import io.holdfast.events.definition.PostgresServer;
import io.holdfast.events.definition.WalArchiving;
import io.holdfast.scheduler.schedule.TargetSchedule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A target as configured.
 *
 * @param logical what logical backups hold; absent: everything
 * @param wal how the log is archived between base backups
 * @param schedules at most one for each kind of backup
 */
public record ConfiguredTarget(
        TargetId id,
        PostgresServer postgres,
        RepositoryId repository,
        @Nullable LogicalDumps logical,
        WalArchiving wal,
        List<TargetSchedule> schedules) {

    public ConfiguredTarget {
        schedules = List.copyOf(schedules);
    }
}

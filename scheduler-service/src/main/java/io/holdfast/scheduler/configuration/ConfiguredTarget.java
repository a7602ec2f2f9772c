package io.holdfast.scheduler.configuration;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.definition.LogicalDumps;
import io.holdfast.events.definition.PostgresServer;
import io.holdfast.scheduler.schedule.TargetSchedule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A target as configured.
 *
 * @param logical what logical backups hold; absent: everything
 * @param schedules at most one for each kind of backup
 */
public record ConfiguredTarget(
        TargetId id,
        PostgresServer postgres,
        RepositoryId repository,
        @Nullable LogicalDumps logical,
        List<TargetSchedule> schedules) {

    public ConfiguredTarget {
        schedules = List.copyOf(schedules);
    }
}

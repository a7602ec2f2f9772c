package io.holdfast.scheduler.configuration;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.definition.NotificationsDefined;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.scheduler.schedule.DrillPlan;
import io.holdfast.scheduler.schedule.TargetSchedule;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A valid configuration. {@code docs/configuration.md} is its reference.
 *
 * @param notifications who is told, and how; absent: nobody
 */
public record Configuration(
        Map<RepositoryId, RepositoryDefined> repositories,
        Map<TargetId, ConfiguredTarget> targets,
        @Nullable NotificationsDefined notifications) {

    /** Stands for every repository of a target; no repository is called so. */
    public static final String EVERY_REPOSITORY = "all";

    public Configuration {
        repositories = Map.copyOf(repositories);
        targets = Map.copyOf(targets);
    }

    /** Reads and judges a text. Pure; never throws for whatever the text holds. */
    public static ParsedConfiguration parse(String text) {
        return ConfigurationReader.read(text);
    }

    /** Who is mailed; absent: nobody. */
    public NotificationsDefined.@Nullable Email email() {
        return notifications == null ? null : notifications.email();
    }

    /** Every schedule of every target. */
    public List<TargetSchedule> schedules() {
        return targets.values().stream()
                .flatMap(target -> target.schedules().stream())
                .toList();
    }

    /** What is configured of every target's drills. */
    public List<DrillPlan> drills() {
        return targets.values().stream()
                .flatMap(target -> Stream.ofNullable(target.drill()))
                .toList();
    }
}

package io.holdfast.scheduler.schedule;

import io.holdfast.events.TargetId;
import io.holdfast.scheduler.schedule.DrillSchedules.Row;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the accepted configuration says of drills, and when they are due. Every instance reads the same file. Thread safe. */
@Singleton
public class DrillPlans {

    private final DrillSchedules table;
    private final Clock clock;
    private volatile @Nullable Map<TargetId, DrillPlan> plans;

    public DrillPlans(DrillSchedules table, Clock clock) {
        this.table = table;
        this.clock = clock;
    }

    /** Makes these the plans. One whose times stay as they are keeps its next due time; a new or changed one begins now. */
    public void follow(List<DrillPlan> all) {
        QuarkusTransaction.requiringNew().call(() -> {
            Map<TargetId, DrillPlan> wanted = new HashMap<>();
            all.forEach(plan -> wanted.put(plan.target(), plan));
            Instant now = clock.instant();
            for (Row row : table.lockAll()) {
                DrillPlan plan = wanted.remove(row.target());
                if (plan == null) {
                    table.remove(row.target());
                } else if (changed(row, plan.times())) {
                    table.put(row(plan, now, row.lastFull()));
                }
            }
            for (DrillPlan plan : wanted.values()) {
                table.put(row(plan, now, null));
            }
            return all;
        });
        plans = all.stream().collect(Collectors.toUnmodifiableMap(DrillPlan::target, Function.identity()));
    }

    private static boolean changed(Row row, @Nullable CronSchedule times) {
        return !Objects.equals(row.cron(), times == null ? null : times.expression())
                || !Objects.equals(
                        row.zone(), times == null ? null : times.zone().getId());
    }

    private static Row row(DrillPlan plan, Instant now, @Nullable String lastFull) {
        CronSchedule times = plan.times();
        return new Row(
                plan.target(),
                times == null ? null : times.expression(),
                times == null ? null : times.zone().getId(),
                times == null ? null : times.after(now).orElse(null),
                lastFull);
    }

    /** Whether the configuration was in effect since this process began: before that nobody knows what is configured. */
    public boolean areKnown() {
        return plans != null;
    }

    /** What is configured of a target's drills; nothing if nothing is, or it is not known yet. */
    public Optional<DrillPlan> of(TargetId target) {
        Map<TargetId, DrillPlan> known = plans;
        return known == null ? Optional.empty() : Optional.ofNullable(known.get(target));
    }

    /** What is configured of all, as far as it is known. */
    public List<DrillPlan> all() {
        Map<TargetId, DrillPlan> known = plans;
        return known == null ? List.of() : List.copyOf(known.values());
    }
}

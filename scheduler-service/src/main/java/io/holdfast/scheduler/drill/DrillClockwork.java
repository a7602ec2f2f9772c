package io.holdfast.scheduler.drill;

import io.holdfast.scheduler.catalog.CatalogReader;
import io.holdfast.scheduler.catalog.Listed;
import io.holdfast.scheduler.schedule.CronSchedule;
import io.holdfast.scheduler.schedule.DrillPlan;
import io.holdfast.scheduler.schedule.DrillPlans;
import io.holdfast.scheduler.schedule.DrillSchedules;
import io.holdfast.scheduler.schedule.DrillSchedules.Row;
import io.holdfast.scheduler.schedule.DueRuns;
import io.holdfast.scheduler.schedule.EverySecond;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Asks for drills when they are due, by the clock or after a full backup. Any number of instances may work on one database.
 * Of several due times that passed unused, one drill makes up. Thread safe.
 */
@Singleton
public class DrillClockwork {

    private static final Logger LOG = Logger.getLogger(DrillClockwork.class);

    private final DrillSchedules table;
    private final DrillPlans plans;
    private final DrillRequests requests;
    private final CatalogReader catalog;
    private final Clock clock;

    DrillClockwork(DrillSchedules table, DrillPlans plans, DrillRequests requests, CatalogReader catalog, Clock clock) {
        this.table = table;
        this.plans = plans;
        this.requests = requests;
        this.catalog = catalog;
        this.clock = clock;
    }

    void start(@Observes StartupEvent started, EverySecond seconds) {
        seconds.call("asking for drills that are due", this::tick);
    }

    /** Asks for everything that is due now. */
    public void tick() {
        for (DrillPlan plan : plans.all()) {
            CronSchedule times = plan.times();
            if (times != null) {
                QuarkusTransaction.requiringNew().call(() -> fire(plan, times));
            }
            if (plan.afterFull()) {
                QuarkusTransaction.requiringNew().call(() -> fireAfterFull(plan));
            }
        }
    }

    private boolean fire(DrillPlan plan, CronSchedule times) throws SQLException {
        Instant now = clock.instant();
        Row row = table.lockDue(plan.target(), now).orElse(null);
        if (row == null || row.nextDueAt() == null) {
            return false;
        }
        DueRuns runs = DueRuns.of(times, row.nextDueAt(), now);
        DueRuns.Request due = runs.request();
        if (due != null) {
            requests.scheduled(plan, null, due.catchUp() ? "catching up on missed drills" : "scheduled", due.dueAt());
            LOG.infof("drill of %s requested, due at %s", plan.target(), due.dueAt());
        }
        table.put(new Row(row.target(), row.cron(), row.zone(), runs.nextDueAt(), row.lastFull()));
        return true;
    }

    private boolean fireAfterFull(DrillPlan plan) throws SQLException {
        Optional<String> newest = newestFull(plan);
        if (newest.isEmpty()) {
            return false;
        }
        Row row = table.lock(plan.target()).orElse(null);
        if (row == null || newest.get().equals(row.lastFull())) {
            return false;
        }
        // What was there before anybody wanted drills is no reason for one.
        boolean isNew = row.lastFull() != null;
        if (isNew) {
            requests.scheduled(plan, newest.get(), "after a full backup", null);
        }
        table.put(new Row(row.target(), row.cron(), row.zone(), row.nextDueAt(), newest.get()));
        return isNew;
    }

    private Optional<String> newestFull(DrillPlan plan) {
        return catalog.restorable(plan.target().value(), plan.repository()).stream()
                .filter(backup -> "full".equals(backup.kind()))
                .map(Listed.Backup::backupId)
                .findFirst();
    }
}

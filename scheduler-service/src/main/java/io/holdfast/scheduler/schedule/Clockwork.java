package io.holdfast.scheduler.schedule;

import io.holdfast.events.BackupId;
import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.EventIds;
import io.holdfast.events.backup.BackupMissed;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.outbox.Outbox;
import io.holdfast.scheduler.schedule.ScheduleTable.Row;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Asks for backups when they are due. Any number of instances may work on one database: a due schedule is locked, its
 * runs are noted and the requests put into the outbox in one transaction. Requests have ids that nobody can know before:
 * whoever could would send one of them first, and the real one would count as its repeat. Thread safe.
 */
@Singleton
public class Clockwork {

    private static final Logger LOG = Logger.getLogger(Clockwork.class);
    private static final String REQUESTED_BY = "schedule";
    private static final Duration KEEP_RUNS = Duration.ofDays(400);

    private final ScheduleTable table;
    private final Outbox outbox;
    private final EventIds ids;
    private final Instance instance;
    private final Clock clock;
    private volatile boolean begun;

    Clockwork(ScheduleTable table, Outbox outbox, EventIds ids, Instance instance, Clock clock) {
        this.table = table;
        this.outbox = outbox;
        this.ids = ids;
        this.instance = instance;
        this.clock = clock;
    }

    /** From now on schedules fire: before, they may be ones that the configuration no longer has. */
    public void begin() {
        begun = true;
    }

    void start(@Observes StartupEvent started, EverySecond seconds) {
        seconds.call("asking for what is due", () -> {
            if (begun) {
                tick();
            }
        });
    }

    /**
     * Asks for everything that is due now.
     *
     * @return how many schedules were due
     */
    public int tick() {
        int count = 0;
        while (QuarkusTransaction.requiringNew().call(this::fireOne)) {
            count++;
        }
        return count;
    }

    /**
     * Makes these the schedules. One that stays as it is, or goes to another repository from now on, keeps its next due
     * time, so that what was missed meanwhile is noticed; a new or changed one begins now.
     */
    public void follow(List<TargetSchedule> schedules) {
        QuarkusTransaction.requiringNew().call(() -> {
            Map<String, TargetSchedule> wanted = new LinkedHashMap<>();
            schedules.forEach(schedule -> wanted.put(key(schedule), schedule));
            List<Row> gone = new ArrayList<>();
            Instant now = clock.instant();
            for (Row row : table.lockAll()) {
                TargetSchedule schedule = wanted.remove(key(row.schedule()));
                if (schedule == null) {
                    table.remove(row.schedule());
                    gone.add(row);
                } else if (!schedule.equals(row.schedule()) || aheadOfTime(row, now)) {
                    table.put(schedule, next(schedule, now));
                }
            }
            for (TargetSchedule schedule : wanted.values()) {
                Row moved = moved(schedule, gone);
                table.put(schedule, moved == null || aheadOfTime(moved, now) ? next(schedule, now) : moved.nextDueAt());
            }
            table.pruneRuns(now.minus(KEEP_RUNS));
            return schedules;
        });
    }

    /** The row of the same schedule that went to another repository until now; each is taken for one. */
    private static @Nullable Row moved(TargetSchedule schedule, List<Row> gone) {
        for (Row row : gone) {
            TargetSchedule before = row.schedule();
            if (before.target().equals(schedule.target())
                    && before.kind() == schedule.kind()
                    && before.times().equals(schedule.times())) {
                gone.remove(row);
                return row;
            }
        }
        return null;
    }

    /** The clock was far ahead and has been set back: without this the schedule would rest until it gets there again. */
    private static boolean aheadOfTime(Row row, Instant now) {
        Instant expected = next(row.schedule(), now);
        Instant due = row.nextDueAt();
        return expected != null && (due == null || due.isAfter(expected));
    }

    private boolean fireOne() throws SQLException {
        Instant now = clock.instant();
        Row row = table.lockDue(now).orElse(null);
        if (row == null || row.nextDueAt() == null) {
            return false;
        }
        TargetSchedule schedule = row.schedule();
        DueRuns runs = DueRuns.of(schedule.times(), row.nextDueAt(), now);
        DueRuns.Request request = runs.request();
        if (request != null) {
            EventId id = ids.next();
            boolean missedSome = false;
            for (Instant missed : runs.missed()) {
                missedSome |= noteMissed(schedule, missed, BackupId.of(id), now);
            }
            // A catch-up makes up for runs that are noted as missed themselves, so it leaves no run of its own.
            if (request.catchUp() ? missedSome : table.noteRun(schedule, request.dueAt(), id, false, now)) {
                ask(schedule, request, id, now);
            }
        }
        table.put(schedule, runs.nextDueAt());
        return true;
    }

    private void ask(TargetSchedule schedule, DueRuns.Request request, EventId id, Instant now) {
        String reason = request.catchUp() ? "catching up on missed runs" : "scheduled";
        outbox.publish(Event.first(
                id,
                instance.source(),
                now,
                new BackupRequested(
                        schedule.target(),
                        schedule.kind(),
                        reason,
                        REQUESTED_BY,
                        request.dueAt(),
                        schedule.repository())));
        LOG.infof(
                "%s backup of %s to %s requested, due at %s",
                schedule.kind(), schedule.target(), schedule.repository(), request.dueAt());
    }

    /** Whether it was noted just now: a clock that was set back leads over the same times again. */
    private boolean noteMissed(TargetSchedule schedule, Instant dueAt, BackupId caughtUpBy, Instant now)
            throws SQLException {
        EventId run = ScheduledIds.missedRun(schedule, dueAt);
        if (!table.noteRun(schedule, dueAt, run, true, now)) {
            return false;
        }
        outbox.publish(new Event<>(
                ScheduledIds.missed(schedule, dueAt),
                instance.source(),
                now,
                run,
                null,
                null,
                new BackupMissed(
                        BackupId.of(run),
                        schedule.target(),
                        schedule.kind(),
                        dueAt,
                        now,
                        caughtUpBy,
                        schedule.repository())));
        LOG.warnf(
                "%s backup of %s to %s was missed, it was due at %s",
                schedule.kind(), schedule.target(), schedule.repository(), dueAt);
        return true;
    }

    private static @Nullable Instant next(TargetSchedule schedule, Instant now) {
        return schedule.times().after(now).orElse(null);
    }

    private static String key(TargetSchedule schedule) {
        return schedule.target() + " " + schedule.kind().wireName() + " " + schedule.repository();
    }
}

package io.holdfast.scheduler.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What has to happen for one schedule at one moment: which run to ask for, and which were missed. Pure.
 *
 * @param request    the run to ask for now; absent when nothing is due
 * @param missed     due times that passed unused, oldest first, at most {@link #MOST_LISTED}
 * @param nextDueAt  when the schedule is due again; absent when never
 */
public record DueRuns(
        @Nullable Request request,
        List<Instant> missed,
        @Nullable Instant nextDueAt) {

    /** A run that begins later than this was missed: the clockwork ticks each second, so somebody was away. */
    public static final Duration ON_TIME = Duration.ofMinutes(1);

    /** More missed runs than this are not listed one by one; the newest are. */
    public static final int MOST_LISTED = 100;

    /** Due times further back than this are passed over. */
    public static final Duration LOOK_BACK = Duration.ofDays(31);

    public DueRuns {
        missed = List.copyOf(missed);
    }

    /**
     * A run to ask for.
     *
     * @param dueAt   its due time; for a catch-up that of the newest missed run
     * @param catchUp whether it makes up for missed runs, rather than being on time
     */
    public record Request(Instant dueAt, boolean catchUp) {}

    /** What is due at {@code now}, when the schedule's next run was to be at {@code dueAt}. */
    public static DueRuns of(CronSchedule times, Instant dueAt, Instant now) {
        if (dueAt.isAfter(now)) {
            return new DueRuns(null, List.of(), dueAt);
        }
        Deque<Instant> due = new ArrayDeque<>();
        Optional<Instant> next = Optional.of(dueAt);
        Instant horizon = now.minus(LOOK_BACK);
        if (dueAt.isBefore(horizon)) {
            due.add(dueAt);
            next = times.after(horizon);
        }
        while (next.isPresent() && !next.get().isAfter(now)) {
            due.add(next.get());
            if (due.size() > MOST_LISTED + 1) {
                due.removeFirst();
            }
            next = times.after(next.get());
        }
        Instant newest = due.getLast();
        boolean onTime = !newest.plus(ON_TIME).isBefore(now);
        if (onTime) {
            due.removeLast();
        }
        while (due.size() > MOST_LISTED) {
            due.removeFirst();
        }
        return new DueRuns(new Request(newest, !onTime), List.copyOf(due), next.orElse(null));
    }
}

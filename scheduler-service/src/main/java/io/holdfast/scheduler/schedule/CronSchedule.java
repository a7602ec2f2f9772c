package io.holdfast.scheduler.schedule;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A five-field cron expression in a time zone. Immutable; pure.
 *
 * <p>When clocks change it does what Debian's cron does. A fixed hour ({@code 30 2 * * *}) runs exactly once a day: a
 * time that does not exist is moved to after the gap, one that exists twice counts the first time. An hour field that
 * begins with {@code *} means an interval and follows real time: what does not exist is left out, what exists twice
 * runs twice.
 *
 * @see <a href="https://pubs.opengroup.org/onlinepubs/9799919799/utilities/crontab.html">POSIX crontab</a>
 */
public final class CronSchedule {

    private static final int HOUR_FIELD = 1;
    // Longer than any clock was ever changed by: Samoa's skipped a day.
    private static final Duration NEAR = Duration.ofDays(2);

    private final String expression;
    private final ZoneId zone;
    private final boolean interval;
    private final ExecutionTime times;

    private CronSchedule(String expression, ZoneId zone, Cron cron) {
        this.expression = expression;
        this.zone = zone;
        this.interval = expression.split(" ")[HOUR_FIELD].startsWith("*");
        this.times = ExecutionTime.forCron(cron);
    }

    /**
     * Reads an expression.
     *
     * @throws IllegalArgumentException saying what is wrong with it, or that it never comes due
     */
    public static CronSchedule of(String expression, ZoneId zone) {
        String normal = expression.strip().replaceAll("\\s+", " ");
        int fields = normal.isEmpty() ? 0 : normal.split(" ").length;
        if (fields != 5) {
            throw new IllegalArgumentException("has " + fields + " fields instead of 5");
        }
        Cron cron;
        try {
            cron = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX)).parse(normal);
            cron.validate();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(reason(e), e);
        }
        CronSchedule schedule = new CronSchedule(normal, zone, cron);
        if (schedule.nextLocal(LocalDateTime.of(2000, 1, 1, 0, 0)) == null) {
            throw new IllegalArgumentException("never comes due");
        }
        return schedule;
    }

    /** The first time strictly after the given one; empty when there is none any more. */
    public Optional<Instant> after(Instant instant) {
        ZoneRules rules = zone.getRules();
        LocalDateTime local = LocalDateTime.ofInstant(instant, zone).minus(jumpNear(rules, instant));
        Instant best = null;
        // Local times come in order, and so do the instants they stand for first; only a second occurrence is late.
        for (LocalDateTime next = nextLocal(local); next != null; next = nextLocal(next)) {
            List<Instant> candidates = instants(rules, next);
            for (Instant candidate : candidates) {
                if (candidate.isAfter(instant) && (best == null || candidate.isBefore(best))) {
                    best = candidate;
                }
            }
            if (best != null && !candidates.isEmpty() && !candidates.getFirst().isBefore(best)) {
                return Optional.of(best);
            }
        }
        return Optional.ofNullable(best);
    }

    private List<Instant> instants(ZoneRules rules, LocalDateTime local) {
        List<ZoneOffset> offsets = rules.getValidOffsets(local);
        if (offsets.isEmpty()) {
            ZoneOffsetTransition gap = rules.getTransition(local);
            return interval ? List.of() : List.of(local.toInstant(gap.getOffsetBefore()));
        }
        return interval
                ? offsets.stream().map(local::toInstant).sorted().toList()
                : List.of(local.toInstant(offsets.getFirst()));
    }

    /** How far local time jumps at a change of clocks close by: what must be looked at again. */
    private static Duration jumpNear(ZoneRules rules, Instant instant) {
        ZoneOffsetTransition previous = rules.previousTransition(instant.plusSeconds(1));
        ZoneOffsetTransition next = rules.nextTransition(instant);
        if (previous != null && previous.getInstant().plus(NEAR).isAfter(instant)) {
            return previous.getDuration().abs();
        }
        // Within the first pass of an hour that is repeated, the second pass begins at an earlier local time.
        return next != null && next.getInstant().minus(NEAR).isBefore(instant)
                ? next.getDuration().abs()
                : Duration.ZERO;
    }

    private @Nullable LocalDateTime nextLocal(LocalDateTime local) {
        return times.nextExecution(local.atZone(ZoneOffset.UTC))
                .map(ZonedDateTime::toLocalDateTime)
                .orElse(null);
    }

    private static String reason(IllegalArgumentException e) {
        Throwable deepest = e;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        String message = deepest.getMessage() == null ? "cannot be read" : deepest.getMessage();
        return "is not valid: " + message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
    }

    public String expression() {
        return expression;
    }

    public ZoneId zone() {
        return zone;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CronSchedule that && expression.equals(that.expression) && zone.equals(that.zone);
    }

    @Override
    public int hashCode() {
        return 31 * expression.hashCode() + zone.hashCode();
    }

    @Override
    public String toString() {
        return expression + " " + zone;
    }
}

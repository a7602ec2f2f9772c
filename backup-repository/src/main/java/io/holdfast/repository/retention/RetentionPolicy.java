package io.holdfast.repository.retention;

import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is promised to stay. A backup stays if any rule keeps it; without a rule everything does.
 *
 * @param zone whose days, weeks, months and years count
 * @param generations how many periods of each sort keep a backup: those that have one, counted back from the newest
 * @param count how many of the newest
 * @param age how old a backup gets at least, counted back from the newest one
 * @param window how far back every moment can be reached, counted back from the newest backup; without it the log is kept
 *     from the oldest kept backup on
 * @param limits what holds a run back
 */
public record RetentionPolicy(
        ZoneId zone,
        Map<Generation, Integer> generations,
        Optional<Count> count,
        Optional<Duration> age,
        Optional<Duration> window,
        Limits limits) {
    /** Keeps everything. */
    public static final RetentionPolicy EVERYTHING = new RetentionPolicy(
            ZoneOffset.UTC, Map.of(), Optional.empty(), Optional.empty(), Optional.empty(), Limits.DEFAULTS);

    public RetentionPolicy {
        EnumMap<Generation, Integer> wanted = new EnumMap<>(Generation.class);
        generations.forEach((generation, number) -> {
            if (number < 0) {
                throw new IllegalArgumentException("Less than no " + generation.plural() + ": " + number);
            }
            if (number > 0) {
                wanted.put(generation, number);
            }
        });
        generations = Collections.unmodifiableMap(wanted);
        age.ifPresent(it -> requireSome(it, "an age"));
        window.ifPresent(it -> requireSome(it, "a window"));
    }

    /** Whether nothing ever goes, for no rule says what stays. */
    public boolean keepsEverything() {
        return generations.isEmpty() && count.isEmpty() && age.isEmpty() && window.isEmpty();
    }

    private static void requireSome(Duration duration, String what) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(
                    "Not " + what + ": " + duration + " HINT: leave it out, or make it longer.");
        }
    }

    /**
     * The newest so many. Backups made closer together than the schedule has it share a place: whatever is made in between,
     * by a person or by an intruder, does not push an earlier one out.
     *
     * @param backups at least 1
     * @param spacing the shortest time between two that the schedule asks for
     */
    public record Count(int backups, Duration spacing) {
        public Count {
            if (backups < 1) {
                throw new IllegalArgumentException("Not a number of backups to keep: " + backups);
            }
            requireSome(spacing, "a time between backups");
        }
    }

    /**
     * What holds a run back, whatever the rules say.
     *
     * @param perRun at most so many backups are removed at once
     * @param freely what would remove more than this, and more than twice what is usual, waits until somebody agrees
     * @param youngest what is younger is not removed, so that there is time to look at it
     */
    public record Limits(int perRun, int freely, Duration youngest) {
        /** 100 at once, 3 freely, a day. */
        public static final Limits DEFAULTS = new Limits(100, 3, Duration.ofDays(1));

        public Limits {
            if (perRun < 1 || freely < 0 || youngest.isNegative()) {
                throw new IllegalArgumentException("Not limits: " + perRun + ", " + freely + ", " + youngest);
            }
        }
    }
}

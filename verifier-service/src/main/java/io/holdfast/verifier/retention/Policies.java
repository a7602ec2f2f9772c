package io.holdfast.verifier.retention;

import io.holdfast.events.definition.RetentionRules;
import io.holdfast.repository.retention.Generation;
import io.holdfast.repository.retention.RetentionPolicy;
import io.holdfast.repository.retention.RetentionPolicy.Count;
import io.holdfast.repository.retention.RetentionPolicy.Limits;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a definition promises, as the plan understands it. Pure. */
final class Policies {
    private static final Duration SPACING = Duration.ofHours(1);

    private Policies() {}

    /** @throws IllegalArgumentException if the definition cannot be meant so */
    static RetentionPolicy of(RetentionRules rules) {
        Map<Generation, Integer> generations = new EnumMap<>(Generation.class);
        put(generations, Generation.HOURLY, rules.hourly());
        put(generations, Generation.DAILY, rules.daily());
        put(generations, Generation.WEEKLY, rules.weekly());
        put(generations, Generation.MONTHLY, rules.monthly());
        put(generations, Generation.YEARLY, rules.yearly());
        Duration spacing = seconds(rules.spacingSeconds()).orElse(SPACING);
        return new RetentionPolicy(
                zone(rules.timeZone()),
                generations,
                Optional.ofNullable(rules.count()).map(count -> new Count(count, spacing)),
                seconds(rules.ageSeconds()),
                seconds(rules.windowSeconds()),
                new Limits(
                        or(rules.perRun(), Limits.DEFAULTS.perRun()),
                        or(rules.freely(), Limits.DEFAULTS.freely()),
                        seconds(rules.youngestSeconds()).orElse(Limits.DEFAULTS.youngest())));
    }

    private static void put(Map<Generation, Integer> generations, Generation generation, @Nullable Integer number) {
        if (number != null) {
            generations.put(generation, number);
        }
    }

    private static int or(@Nullable Integer number, int otherwise) {
        return number == null ? otherwise : number;
    }

    private static Optional<Duration> seconds(@Nullable Long seconds) {
        return Optional.ofNullable(seconds).map(Duration::ofSeconds);
    }

    private static ZoneId zone(@Nullable String name) {
        try {
            return name == null ? ZoneOffset.UTC : ZoneId.of(name);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("Not a time zone: " + name, e);
        }
    }
}

package io.holdfast.repository.retention;

import io.holdfast.repository.retention.RetentionPolicy.Count;
import io.holdfast.repository.retention.RetentionPolicy.Limits;
import java.time.Duration;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Policies as somebody might write them. */
final class SimulatedPolicies {
    /** A day that is left out, half hours, a change of half an hour, midnight that does not exist. */
    private static final List<String> ZONES = List.of(
            "UTC",
            "Europe/Zurich",
            "America/New_York",
            "America/Sao_Paulo",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "Pacific/Apia");

    private static final Map<Generation, Integer> MOST = Map.of(
            Generation.HOURLY, 24,
            Generation.DAILY, 10,
            Generation.WEEKLY, 6,
            Generation.MONTHLY, 12,
            Generation.YEARLY, 7);

    private SimulatedPolicies() {}

    static RetentionPolicy draw(Random random, Duration interval) {
        Map<Generation, Integer> generations = new EnumMap<>(Generation.class);
        for (Generation generation : Generation.values()) {
            if (random.nextBoolean()) {
                generations.put(generation, 1 + random.nextInt(MOST.getOrDefault(generation, 1)));
            }
        }
        if (generations.isEmpty()) {
            generations.put(Generation.DAILY, 3);
        }
        return new RetentionPolicy(
                ZoneId.of(ZONES.get(random.nextInt(ZONES.size()))),
                generations,
                random.nextInt(3) == 0 ? Optional.of(new Count(1 + random.nextInt(10), interval)) : Optional.empty(),
                random.nextInt(3) == 0 ? Optional.of(Duration.ofDays(1 + random.nextInt(60))) : Optional.empty(),
                random.nextBoolean() ? Optional.of(Duration.ofDays(1 + random.nextInt(30))) : Optional.empty(),
                new Limits(1 + random.nextInt(50), random.nextInt(6), Duration.ofHours(random.nextInt(49))));
    }
}

package io.holdfast.scheduler.configuration;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.definition.RetentionRules;
import io.holdfast.scheduler.schedule.TargetSchedule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Finds what is promised of a target in each of its repositories: what it says of that one, else of all, else what the
 * repository says of every target.
 */
final class TargetRetention {
    /** Enough for the shortest time between two backups of any week and month. */
    private static final int LOOKED_AT = 100;

    /** Fixed, so that the same configuration always says the same. */
    private static final Instant FROM = Instant.parse("2024-01-01T00:00:00Z");

    private static final Duration UNSCHEDULED = Duration.ofHours(1);

    private TargetRetention() {}

    /**
     * Reads it.
     *
     * @param ofRepositories what repositories promise for every target
     */
    static List<RetentionRules> read(
            Section target,
            List<RepositoryId> repositories,
            Map<RepositoryId, RetentionRules> ofRepositories,
            List<TargetSchedule> schedules) {
        List<String> names = new ArrayList<>();
        names.add(Configuration.EVERY_REPOSITORY);
        repositories.forEach(repository -> names.add(repository.value()));
        Section own = target.section("retention", names);
        // Each entry is read once, so that what is wrong with it is told once.
        Map<String, RetentionRules> entries = new HashMap<>();
        if (own != null) {
            for (String name : names) {
                Section entry = own.section(name, RetentionReader.KEYS);
                if (entry != null) {
                    entries.put(name, RetentionReader.read(new RepositoryId(name), entry));
                }
            }
        }
        RetentionRules all = entries.get(Configuration.EVERY_REPOSITORY);
        List<RetentionRules> found = new ArrayList<>();
        for (RepositoryId repository : repositories) {
            RetentionRules otherwise = all == null ? ofRepositories.get(repository) : all;
            RetentionRules rules = entries.getOrDefault(repository.value(), otherwise);
            if (rules != null) {
                found.add(in(repository, rules, schedules));
            }
        }
        return found;
    }

    /** A count is one of backups of the schedule: what is made between them must not push those out. */
    private static RetentionRules in(RepositoryId repository, RetentionRules rules, List<TargetSchedule> schedules) {
        boolean isOpen = rules.count() != null && rules.spacingSeconds() == null;
        return new RetentionRules(
                repository,
                rules.timeZone(),
                rules.hourly(),
                rules.daily(),
                rules.weekly(),
                rules.monthly(),
                rules.yearly(),
                rules.count(),
                isOpen ? (Long) spacing(repository, schedules).toSeconds() : rules.spacingSeconds(),
                rules.ageSeconds(),
                rules.windowSeconds(),
                rules.perRun(),
                rules.freely(),
                rules.youngestSeconds());
    }

    /** The shortest time between two backups that schedules ask for there. */
    private static Duration spacing(RepositoryId repository, List<TargetSchedule> schedules) {
        TreeSet<Instant> times = new TreeSet<>();
        for (TargetSchedule schedule : schedules) {
            if (schedule.repository().equals(repository)) {
                Optional<Instant> next = schedule.times().after(FROM);
                for (int i = 0; i < LOOKED_AT && next.isPresent(); i++) {
                    times.add(next.get());
                    next = schedule.times().after(next.get());
                }
            }
        }
        List<Instant> ordered = List.copyOf(times);
        return IntStream.range(1, ordered.size())
                .mapToObj(each -> Duration.between(ordered.get(each - 1), ordered.get(each)))
                .min(Comparator.naturalOrder())
                .orElse(UNSCHEDULED);
    }
}

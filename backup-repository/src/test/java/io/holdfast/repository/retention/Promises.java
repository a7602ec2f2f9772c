package io.holdfast.repository.retention;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** What a policy promises, worked out as plainly as it gets, and without anything of what keeps it. */
final class Promises {
    private final String seed;
    /** All that were ever found whole when they should be, by place. */
    private final Map<Place, Map<BackupId, KnownBackup>> ever = new HashMap<>();

    private final Map<Period, String> names = new HashMap<>();

    private record Period(Instant time, Generation generation, ZoneId zone) {}

    Promises(String seed) {
        this.seed = seed;
    }

    void remember(KnownBackup verified) {
        if (isInTime(verified)) {
            ever.computeIfAbsent(verified.place(), it -> new HashMap<>()).put(verified.backup(), verified);
        }
    }

    static boolean isInTime(KnownBackup backup) {
        return backup.proof() instanceof Proof.Verified(Instant since)
                && Duration.between(backup.finishedAt(), since).compareTo(Duration.ofDays(7)) <= 0
                && Duration.between(since, backup.finishedAt()).compareTo(Duration.ofHours(1)) <= 0;
    }

    static boolean hasCome(KnownBackup backup, Instant now) {
        return Duration.between(now, backup.finishedAt()).compareTo(Duration.ofHours(1)) <= 0
                && Duration.between(now, backup.startedAt()).compareTo(Duration.ofHours(1)) <= 0;
    }

    /** What a run must not have broken in a place: all that was promised of what was there before is there. */
    void check(List<KnownBackup> before, Set<BackupId> after, RetentionPolicy policy, Instant now) {
        for (KnownBackup backup : before) {
            if (!backup.holds().isEmpty()
                    || backup.lockedUntil().filter(now::isBefore).isPresent()) {
                requireIn(after, backup, "held or locked");
            }
        }
        before.stream()
                .filter(it -> it.proof() instanceof Proof.Verified && hasCome(it, now))
                .max(Comparator.comparing(KnownBackup::startedAt)
                        .thenComparing(it -> it.backup().value()))
                .ifPresent(last -> requireIn(after, last, "last verified"));
        kept(before.stream().filter(it -> isInTime(it) && hasCome(it, now)).toList(), after, policy, now);
    }

    /** The same of all that there ever was, as long as nobody changed policy or clocks. */
    void checkEver(Place place, Set<BackupId> after, RetentionPolicy policy, Instant now) {
        List<KnownBackup> all = ever.getOrDefault(place, Map.of()).values().stream()
                .filter(it -> hasCome(it, now))
                .toList();
        kept(all, after, policy, now);
        policy.generations()
                .forEach((generation, number) ->
                        periods(all, generation, policy.zone()).descendingMap().values().stream()
                                .limit(number)
                                .forEach(period ->
                                        requireIn(after, firstFound(period), "who had the place of a period")));
    }

    private static KnownBackup firstFound(List<KnownBackup> period) {
        return period.stream()
                .min(Comparator.comparing((KnownBackup it) -> ((Proof.Verified) it.proof()).since())
                        .thenComparing(KnownBackup::startedAt)
                        .thenComparing(it -> it.backup().value()))
                .orElseThrow();
    }

    /** AssertJ's own looks at each of a set. */
    private void requireIn(Set<BackupId> after, KnownBackup backup, String why) {
        if (!after.contains(backup.backup())) {
            throw new AssertionError(why + ": " + backup + " is gone, " + seed);
        }
    }

    private void kept(List<KnownBackup> trusted, Set<BackupId> after, RetentionPolicy policy, Instant now) {
        policy.generations()
                .forEach((generation, number) ->
                        periods(trusted, generation, policy.zone()).descendingMap().values().stream()
                                .limit(number)
                                .filter(period -> period.stream().noneMatch(it -> after.contains(it.backup())))
                                .forEach(period -> {
                                    throw new AssertionError(
                                            "none of a period, " + generation + " " + period + " " + seed);
                                }));
        List<KnownBackup> newestFirst = trusted.stream()
                .sorted(Comparator.comparing(KnownBackup::startedAt).reversed())
                .toList();
        policy.count()
                .ifPresent(count ->
                        newestFirst.stream().limit(count.backups()).forEach(it -> requireIn(after, it, "newest ones")));
        policy.age()
                .ifPresent(age -> newestFirst.stream()
                        .filter(it -> !it.startedAt().isBefore(now.minus(age)))
                        .forEach(it -> requireIn(after, it, "young enough")));
    }

    private NavigableMap<String, List<KnownBackup>> periods(
            List<KnownBackup> backups, Generation generation, ZoneId zone) {
        NavigableMap<String, List<KnownBackup>> periods = new TreeMap<>();
        for (KnownBackup backup : backups) {
            String name = names.computeIfAbsent(
                    new Period(backup.startedAt(), generation, zone), it -> name(backup.startedAt(), generation, zone));
            periods.computeIfAbsent(name, it -> new ArrayList<>()).add(backup);
        }
        return periods;
    }

    private static String name(Instant time, Generation generation, ZoneId zone) {
        ZonedDateTime local = time.atZone(zone);
        return switch (generation) {
            case HOURLY ->
                local.withMinute(0).withSecond(0).withNano(0).toInstant().toString();
            case DAILY -> local.toLocalDate().toString();
            case WEEKLY ->
                local.toLocalDate()
                        .with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
                        .toString();
            case MONTHLY -> YearMonth.from(local).toString();
            case YEARLY -> Integer.toString(local.getYear());
        };
    }
}

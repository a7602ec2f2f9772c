package io.holdfast.repository.retention;

import io.holdfast.repository.retention.Reason.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Which rules keep the backups of one place, without regard to each other. Everything is asked twice: of the backups that
 * are trusted alone, and of all. So what is not trusted keeps its own place without taking anybody else's.
 */
final class PlaceRules {
    /** A clock of a worker that is ahead by more is wrong. */
    private static final Duration AHEAD = Duration.ofHours(1);

    /** What was first found whole so long after it says it was made may have been made later. */
    private static final Duration LATE = Duration.ofDays(7);

    /**
     * Who has a period's place: of those known to be whole, the first that was found to be. The next one of the period does
     * not take it over, whatever time it bears.
     */
    private static final Comparator<KnownBackup> EARLIEST_KNOWN = Comparator.comparingInt(
                    (KnownBackup backup) -> switch (backup.proof()) {
                        case Proof.Verified ignored -> 0;
                        case Proof.Unverified ignored -> 1;
                        case Proof.Damaged ignored -> 2;
                    })
            .thenComparing(
                    backup -> backup.proof() instanceof Proof.Verified(Instant since) ? since : backup.startedAt())
            .thenComparing(KnownBackup.BY_TIME);

    private final List<KnownBackup> backups;
    private final List<KnownBackup> trusted;
    private final RetentionPolicy policy;
    private final Instant now;
    private final Lineage lineage;
    private final Map<KnownBackup, List<Reason>> reasons = new LinkedHashMap<>();
    private final Set<KnownBackup> logFrom = new HashSet<>();

    private PlaceRules(List<KnownBackup> backups, RetentionPolicy policy, Lineage lineage, Instant now) {
        this.backups = backups;
        this.policy = policy;
        this.now = now;
        this.lineage = lineage;
        this.trusted = backups.stream().filter(this::isTrusted).toList();
        backups.forEach(backup -> reasons.put(backup, new ArrayList<>()));
    }

    /**
     * What the rules say.
     *
     * @param reasons why each stays; of one that no rule keeps there are none
     * @param logFrom from which all of the log is needed
     */
    record Kept(Map<KnownBackup, List<Reason>> reasons, Set<KnownBackup> logFrom) {}

    /** Asks all rules. */
    static Kept of(Collection<KnownBackup> backups, RetentionPolicy policy, Lineage lineage, Instant now) {
        List<KnownBackup> ordered = backups.stream().sorted(KnownBackup.BY_TIME).toList();
        PlaceRules rules = new PlaceRules(ordered, policy, lineage, now);
        rules.single();
        rules.lastVerified();
        rules.unproven();
        if (policy.keepsEverything()) {
            ordered.forEach(backup -> rules.keep(backup, Rule.NO_RULE, "the policy has no rule by which it could go"));
        } else {
            rules.among(rules.trusted);
            // Nor does what nobody found whole push out what somebody did, however late.
            rules.among(ordered.stream()
                    .filter(backup -> backup.isVerified() && !rules.isAhead(backup))
                    .toList());
            // What lies ahead stays anyhow, and must not take the place of what does not.
            rules.among(
                    ordered.stream().filter(backup -> !rules.isAhead(backup)).toList());
        }
        rules.log();
        return new Kept(rules.reasons, rules.logFrom);
    }

    /**
     * Whether it may take a place that another would have: found whole soon after it says it was made, and not before. Who
     * makes up times fills neither gaps in the past nor days to come.
     */
    private boolean isTrusted(KnownBackup backup) {
        return backup.proof() instanceof Proof.Verified(Instant since)
                && !isAhead(backup)
                && !since.isAfter(backup.finishedAt().plus(LATE))
                && !backup.finishedAt().isAfter(since.plus(AHEAD));
    }

    private boolean isAhead(KnownBackup backup) {
        return backup.finishedAt().isAfter(now.plus(AHEAD))
                || backup.startedAt().isAfter(now.plus(AHEAD));
    }

    private void keep(KnownBackup backup, Rule rule, String words) {
        List<Reason> known = reasons.computeIfAbsent(backup, it -> new ArrayList<>());
        Reason reason = new Reason(rule, words);
        if (!known.contains(reason)) {
            known.add(reason);
        }
    }

    /** Rules for which others do not matter. */
    private void single() {
        Instant young = now.minus(policy.limits().youngest());
        for (KnownBackup backup : backups) {
            backup.holds().forEach(hold -> keep(backup, Rule.HELD, "it is held: " + hold));
            if (backup.isBuiltOn()) {
                keep(backup, Rule.BUILT_ON, "a backup is being made of it");
            }
            if (isAhead(backup)) {
                keep(backup, Rule.AHEAD, "its time lies ahead: a clock is wrong");
            } else if (backup.finishedAt().isAfter(young)) {
                keep(
                        backup,
                        Rule.YOUNG,
                        "it is younger than " + Words.of(policy.limits().youngest()));
            }
        }
    }

    private void lastVerified() {
        backups.stream()
                .filter(backup -> backup.isVerified() && !isAhead(backup))
                .max(KnownBackup.BY_TIME)
                .ifPresent(last -> {
                    keep(last, Rule.LAST_VERIFIED, "it is the last verified one of its place");
                    logFrom.add(last);
                });
    }

    private void unproven() {
        Optional<KnownBackup> proven = trusted.stream().max(KnownBackup.BY_TIME);
        for (KnownBackup backup : backups) {
            boolean isOpen = backup.proof() instanceof Proof.Unverified;
            if (proven.isEmpty()) {
                keep(backup, Rule.UNPROVEN, "no backup of its place was found whole soon after it was made");
            } else if (isOpen && KnownBackup.BY_TIME.compare(backup, proven.get()) > 0) {
                keep(backup, Rule.UNPROVEN, "it is not verified yet, and nothing newer is");
            }
        }
    }

    private void among(List<KnownBackup> candidates) {
        if (candidates.isEmpty()) {
            return;
        }
        policy.generations().forEach((generation, number) -> generation(candidates, generation, number));
        policy.count().ifPresent(count -> count(candidates, count));
        policy.age().ifPresent(age -> age(candidates, newest(candidates, KnownBackup::startedAt), age));
        policy.window().ifPresent(window -> window(candidates, newest(candidates, KnownBackup::finishedAt), window));
    }

    /** Ages count from here: a clock that is set ahead makes nothing old. */
    private Instant newest(List<KnownBackup> candidates, Function<KnownBackup, Instant> time) {
        Instant newest =
                candidates.stream().map(time).max(Comparator.naturalOrder()).orElse(now);
        return newest.isBefore(now) ? newest : now;
    }

    private void generation(List<KnownBackup> candidates, Generation generation, int number) {
        NavigableMap<Long, List<KnownBackup>> periods =
                by(candidates, backup -> generation.period(backup.startedAt(), policy.zone()));
        int place = 0;
        for (List<KnownBackup> period : periods.descendingMap().values()) {
            place++;
            if (place > number) {
                return;
            }
            KnownBackup first = period.stream().min(EARLIEST_KNOWN).orElseThrow();
            keep(
                    first,
                    Rule.GENERATION,
                    "it is the first of " + generation.words(first.startedAt(), policy.zone()) + ", " + place + " of "
                            + number + " " + generation.plural());
        }
    }

    private void count(List<KnownBackup> candidates, RetentionPolicy.Count count) {
        long spacing = Math.max(1, count.spacing().toSeconds());
        NavigableMap<Long, List<KnownBackup>> places =
                by(candidates, backup -> Math.floorDiv(backup.startedAt().getEpochSecond(), spacing));
        places.descendingMap().values().stream()
                .limit(count.backups())
                .flatMap(List::stream)
                .forEach(backup -> keep(
                        backup,
                        Rule.COUNT,
                        "it is among the newest " + count.backups() + ", those within " + Words.of(count.spacing())
                                + " taken as one"));
    }

    private void age(List<KnownBackup> candidates, Instant newest, Duration age) {
        Instant oldest = Words.before(newest, age);
        for (KnownBackup backup : candidates) {
            if (!backup.startedAt().isBefore(oldest)) {
                keep(backup, Rule.AGE, "it was no " + Words.of(age) + " old when the newest was made");
            }
        }
    }

    private void window(List<KnownBackup> candidates, Instant newest, Duration window) {
        Instant begin = Words.before(newest, window);
        for (KnownBackup backup : candidates) {
            if (backup.wal().isPresent() && !backup.surelyAt().isBefore(begin)) {
                keep(backup, Rule.WINDOW, "the recovery window of " + Words.of(window) + " begins before it");
                logFrom.add(backup);
            }
        }
        for (KnownBackup base : lineage.basesOf(candidates, begin)) {
            keep(base, Rule.WINDOW, "the recovery window of " + Words.of(window) + " begins with it");
            logFrom.add(base);
        }
    }

    /** Without a window the log is kept from the oldest backup on that stays. */
    private void log() {
        if (policy.window().isEmpty()) {
            backups.stream().filter(backup -> backup.wal().isPresent()).forEach(logFrom::add);
        }
    }

    private static NavigableMap<Long, List<KnownBackup>> by(
            List<KnownBackup> backups, ToLongFunction<KnownBackup> period) {
        NavigableMap<Long, List<KnownBackup>> periods = new TreeMap<>();
        backups.forEach(backup -> periods.computeIfAbsent(period.applyAsLong(backup), it -> new ArrayList<>())
                .add(backup));
        return periods;
    }
}

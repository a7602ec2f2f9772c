package io.holdfast.repository.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.retention.Decision.Verdict;
import io.holdfast.repository.retention.Reason.Rule;
import io.holdfast.repository.retention.RetentionPolicy.Count;
import io.holdfast.repository.retention.RetentionPolicy.Limits;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.window.TimelineAncestry;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetentionPlanTest {
    private static final Place ONE = Place.ofSystemIdentifier(7_300_000_000_000_000_001L);
    private static final Place OTHER = Place.ofSystemIdentifier(7_300_000_000_000_000_002L);
    private static final Limits FREE = new Limits(1000, 1000, Duration.ZERO);
    private static final int MIB = 1 << 20;

    private final Instant now = Instant.parse("2026-11-21T12:00:00Z");

    @Test
    void of_each_day_the_first_backup_stays_and_without_new_ones_nothing_goes() {
        List<KnownBackup> backups = new ArrayList<>();
        for (int day = 1; day <= 20; day++) {
            backups.add(verified("b%02d-early".formatted(day), "2026-11-%02dT02:00:00Z".formatted(day)));
            backups.add(verified("b%02d-late".formatted(day), "2026-11-%02dT14:00:00Z".formatted(day)));
        }

        RetentionPlan plan = RetentionPlan.of(backups, daily(3), now);
        RetentionPlan muchLater = RetentionPlan.of(backups, daily(3), now.plus(Duration.ofDays(3650)));

        assertThat(kept(plan)).containsExactlyInAnyOrder("b18-early", "b19-early", "b20-early", "b20-late");
        assertThat(rules(plan, "b20-late")).containsExactly(Rule.LAST_VERIFIED);
        assertThat(words(plan, "b19-early")).contains("first of day 2026-11-19, 2 of 3 days");
        assertThat(muchLater.removed()).isEqualTo(plan.removed());
    }

    @Test
    void days_are_those_of_the_policys_time_zone_also_when_clocks_change() {
        // 2026-10-25 has 25 hours in Zurich: from 22:00Z to 23:00Z.
        List<KnownBackup> backups = List.of(
                verified("saturday", "2026-10-24T21:59:00Z"),
                verified("sunday", "2026-10-24T22:00:00Z"),
                verified("still-sunday", "2026-10-25T22:59:00Z"),
                verified("monday", "2026-10-25T23:00:00Z"));
        RetentionPolicy policy = policy(ZoneId.of("Europe/Zurich"), Map.of(Generation.DAILY, 3));

        assertThat(kept(RetentionPlan.of(backups, policy, now)))
                .containsExactlyInAnyOrder("saturday", "sunday", "monday");
    }

    @Test
    void the_hour_that_comes_twice_is_two_hours() {
        List<KnownBackup> backups =
                List.of(verified("summer", "2026-10-25T00:30:00Z"), verified("winter", "2026-10-25T01:30:00Z"));
        RetentionPolicy policy = policy(ZoneId.of("Europe/Zurich"), Map.of(Generation.HOURLY, 2));

        assertThat(kept(RetentionPlan.of(backups, policy, now))).containsExactlyInAnyOrder("summer", "winter");
    }

    @Test
    void weeks_begin_on_monday_and_months_and_years_by_the_calendar() {
        List<KnownBackup> backups = List.of(
                verified("leap-day", "2024-02-29T12:00:00Z"),
                verified("new-years-eve", "2025-12-31T12:00:00Z"),
                verified("new-year", "2026-01-01T12:00:00Z"),
                verified("sunday", "2026-01-04T12:00:00Z"),
                verified("monday", "2026-01-05T12:00:00Z"));

        assertThat(kept(RetentionPlan.of(backups, policy(ZoneOffset.UTC, Map.of(Generation.YEARLY, 3)), now)))
                .containsExactlyInAnyOrder("leap-day", "new-years-eve", "new-year", "monday");
        // The 31st, the 1st and the 4th are of the same week.
        assertThat(kept(RetentionPlan.of(backups, policy(ZoneOffset.UTC, Map.of(Generation.WEEKLY, 2)), now)))
                .containsExactlyInAnyOrder("new-years-eve", "monday");
        assertThat(kept(RetentionPlan.of(backups, policy(ZoneOffset.UTC, Map.of(Generation.MONTHLY, 2)), now)))
                .containsExactlyInAnyOrder("new-years-eve", "new-year", "monday");
    }

    @Test
    void a_backup_that_is_kept_by_any_rule_stays_and_says_by_which() {
        List<KnownBackup> backups = days(1, 20);
        RetentionPolicy policy = new RetentionPolicy(
                ZoneOffset.UTC,
                Map.of(Generation.MONTHLY, 2),
                Optional.of(new Count(2, Duration.ofDays(1))),
                Optional.of(Duration.ofDays(4)),
                Optional.empty(),
                FREE);

        RetentionPlan plan = RetentionPlan.of(backups, policy, now);

        assertThat(kept(plan)).containsExactlyInAnyOrder("d01", "d16", "d17", "d18", "d19", "d20");
        assertThat(rules(plan, "d01")).containsExactly(Rule.GENERATION);
        assertThat(rules(plan, "d16")).containsExactly(Rule.AGE);
        assertThat(rules(plan, "d20")).contains(Rule.COUNT, Rule.AGE, Rule.LAST_VERIFIED);
        assertThat(rules(plan, "d02")).containsExactly(Rule.NOT_KEPT);
    }

    @Test
    void a_policy_without_a_rule_keeps_everything() {
        RetentionPolicy zero = policy(ZoneOffset.UTC, Map.of(Generation.DAILY, 0));

        assertThat(RetentionPlan.of(days(1, 20), zero, now).removed()).isEmpty();
    }

    @Test
    void the_last_verified_backup_of_each_cluster_stays_whatever_came_later() {
        List<KnownBackup> backups = List.of(
                at(OTHER, "former", "2020-01-01T00:00:00Z", whole("2020-01-01T00:00:00Z")),
                at(ONE, "good", "2026-01-01T00:00:00Z", whole("2026-01-01T00:00:00Z")),
                at(ONE, "damaged", "2026-11-01T00:00:00Z", new Proof.Damaged()),
                at(ONE, "open", "2026-11-02T00:00:00Z", new Proof.Unverified()));
        RetentionPolicy policy = new RetentionPolicy(
                ZoneOffset.UTC, Map.of(), Optional.empty(), Optional.of(Duration.ofDays(1)), Optional.empty(), FREE);

        RetentionPlan plan = RetentionPlan.of(backups, policy, now);

        assertThat(kept(plan)).contains("former", "good", "open");
        assertThat(rules(plan, "former")).contains(Rule.LAST_VERIFIED);
        assertThat(rules(plan, "good")).contains(Rule.LAST_VERIFIED);
        assertThat(rules(plan, "open")).contains(Rule.UNPROVEN);
    }

    @Test
    void where_nothing_is_verified_nothing_goes() {
        List<KnownBackup> backups = IntStream.rangeClosed(1, 20)
                .mapToObj(day -> at(ONE, "d" + day, "2026-11-%02dT00:00:00Z".formatted(day), new Proof.Unverified()))
                .toList();

        assertThat(RetentionPlan.of(backups, daily(1), now).removed()).isEmpty();
    }

    @Test
    void junk_that_is_not_verified_is_kept_beside_and_takes_nobodys_place() {
        List<KnownBackup> backups = new ArrayList<>(days(14, 20));
        for (int junk = 0; junk < 50; junk++) {
            String time = now.minus(Duration.ofMinutes(junk)).toString();
            backups.add(at(ONE, "junk%02d".formatted(junk), time, new Proof.Damaged()));
        }
        RetentionPolicy policy = new RetentionPolicy(
                ZoneOffset.UTC,
                Map.of(Generation.DAILY, 5),
                Optional.of(new Count(3, Duration.ofDays(1))),
                Optional.empty(),
                Optional.empty(),
                FREE);

        assertThat(kept(RetentionPlan.of(backups, policy, now))).contains("d16", "d17", "d18", "d19", "d20");
    }

    @Test
    void junk_that_is_verified_pushes_none_out_that_was_made_as_the_schedule_has_it() {
        List<KnownBackup> good = days(14, 20);
        List<KnownBackup> backups = new ArrayList<>(good);
        for (int junk = 0; junk < 50; junk++) {
            String time =
                    Instant.parse("2026-11-20T12:00:00Z").plusSeconds(junk).toString();
            backups.add(at(ONE, "junk%02d".formatted(junk), time, whole(time)));
            // Says it is from the gap before, but was seen for the first time only now.
            String past = Instant.parse("2026-09-01T12:00:00Z")
                    .plus(Duration.ofDays(junk))
                    .toString();
            backups.add(at(ONE, "past%02d".formatted(junk), past, whole(now.toString())));
            String future = now.plus(Duration.ofDays(1 + junk)).toString();
            backups.add(at(ONE, "future%02d".formatted(junk), future, whole(now.toString())));
        }
        RetentionPolicy policy = new RetentionPolicy(
                ZoneOffset.UTC,
                Map.of(Generation.DAILY, 5),
                Optional.of(new Count(6, Duration.ofDays(1))),
                Optional.empty(),
                Optional.empty(),
                FREE);

        List<String> without = kept(RetentionPlan.of(good, policy, now));
        assertThat(without).containsExactlyInAnyOrder("d15", "d16", "d17", "d18", "d19", "d20");
        assertThat(kept(RetentionPlan.of(backups, policy, now))).containsAll(without);
    }

    @Test
    void what_is_held_or_built_on_or_young_stays_and_what_is_locked_waits() {
        KnownBackup plain = verified("d01", "2026-11-01T00:00:00Z");
        KnownBackup held = with(plain, "held", List.of("case 12"), Optional.empty(), false);
        KnownBackup built = with(plain, "built", List.of(), Optional.empty(), true);
        KnownBackup locked = with(plain, "locked", List.of(), Optional.of(now.plusSeconds(1)), false);
        KnownBackup unlocked = with(plain, "unlocked", List.of(), Optional.of(now), false);
        List<KnownBackup> backups = new ArrayList<>(List.of(held, built, locked, unlocked));
        backups.addAll(days(18, 20));
        backups.add(verified("x-young", "2026-11-20T13:00:00Z"));
        RetentionPolicy policy = new RetentionPolicy(
                ZoneOffset.UTC,
                Map.of(Generation.DAILY, 1),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                new Limits(100, 100, Duration.ofDays(1)));

        RetentionPlan plan = RetentionPlan.of(backups, policy, now);

        assertThat(verdict(plan, "held")).isEqualTo(Verdict.KEEP);
        assertThat(words(plan, "held")).contains("case 12");
        assertThat(verdict(plan, "built")).isEqualTo(Verdict.KEEP);
        assertThat(verdict(plan, "locked")).isEqualTo(Verdict.WAIT);
        assertThat(rules(plan, "locked")).containsExactly(Rule.LOCKED);
        assertThat(verdict(plan, "unlocked")).isEqualTo(Verdict.REMOVE);
        assertThat(rules(plan, "x-young")).contains(Rule.YOUNG);
    }

    @Test
    void much_more_than_usual_waits_until_somebody_agrees_and_a_run_removes_no_more_than_it_may() {
        List<KnownBackup> backups = days(1, 20);
        RetentionPolicy policy = limited(new Limits(4, 3, Duration.ZERO));

        RetentionPlan sudden = RetentionPlan.of(backups, policy, now);
        RetentionPlan usual = RetentionPlan.of(backups, policy, new Circumstances(Map.of(), 9, Set.of()), now);
        RetentionPlan agreed = RetentionPlan.of(
                backups,
                policy,
                new Circumstances(
                        Map.of(), 0, Set.copyOf(sudden.awaitingApproval().subList(0, 15))),
                now);

        assertThat(sudden.removed()).isEmpty();
        assertThat(sudden.awaitingApproval()).hasSize(18);
        assertThat(words(sudden, "d01")).contains("18 would go at once where 3 may");
        assertThat(names(usual.removed())).containsExactlyInAnyOrder("d01", "d02", "d03", "d04");
        assertThat(rules(usual, "d05")).containsExactly(Rule.LIMIT);
        assertThat(names(agreed.removed())).containsExactlyInAnyOrder("d01", "d02", "d03", "d04");
        assertThat(agreed.awaitingApproval()).isEmpty();
    }

    @Test
    void a_window_keeps_the_backup_that_it_begins_with_and_the_log_from_there_on() {
        RetentionPlan plan =
                RetentionPlan.of(days(1, 20), window(Duration.ofDays(5), Map.of(Generation.MONTHLY, 1)), now);
        LogNeed log = plan.log().getOrDefault(ONE, LogNeed.ALL);

        // The window begins with the 15th, at the newest's end; that one is finished a minute behind.
        assertThat(kept(plan)).containsExactlyInAnyOrder("d01", "d14", "d15", "d16", "d17", "d18", "d19", "d20");
        assertThat(log.needs(segment(1, 100))).isTrue();
        assertThat(log.needs(segment(1, 101))).isFalse();
        assertThat(log.needs(segment(1, 1399))).isFalse();
        assertThat(log.needs(segment(1, 1400))).isTrue();
        assertThat(log.needs(segment(1, 1450))).isTrue();
        assertThat(log.needs(segment(1, 99_999))).isTrue();
        assertThat(log.leadsBehind(1, new Lsn(1399L * MIB))).isFalse();
        assertThat(log.leadsBehind(1, new Lsn(1401L * MIB))).isTrue();
    }

    @Test
    void a_window_begins_on_the_way_that_the_cluster_took_not_with_the_highest_timeline_or_the_newest_backup() {
        TimelineAncestry second =
                new TimelineAncestry(2, List.of(new TimelineAncestry.Parent(1, new Lsn(1250L * MIB))));
        // The old primary went on for a while after the promotion on the 12th.
        List<KnownBackup> backups =
                List.of(on(1, "d10", 10), on(1, "d12", 12), on(1, "d13-stray", 13), on(2, "d18", 18), on(2, "d20", 20));
        Circumstances circumstances = new Circumstances(Map.of(ONE, List.of(second)), 0, Set.of());

        RetentionPlan plan = RetentionPlan.of(backups, window(Duration.ofDays(5), Map.of()), circumstances, now);
        LogNeed log = plan.log().getOrDefault(ONE, LogNeed.ALL);

        assertThat(kept(plan)).containsExactlyInAnyOrder("d12", "d13-stray", "d18", "d20");
        assertThat(log.needs(segment(1, 1200))).isTrue();
        assertThat(log.needs(segment(1, 1199))).isFalse();
        assertThat(log.needs(segment(2, 1250))).isTrue();
    }

    @Test
    void a_window_does_not_begin_with_a_backup_that_says_it_is_older_than_it_is() {
        List<KnownBackup> backups = new ArrayList<>(List.of(on(1, "d12", 12), on(1, "d19", 19), on(1, "d20", 20)));
        KnownBackup late = on(1, "late", 18);
        Instant said = Instant.parse("2026-11-13T00:00:00Z");
        backups.add(new KnownBackup(
                late.backup(), ONE, said, said, late.wal(), late.proof(), List.of(), Optional.empty(), false));

        LogNeed log = RetentionPlan.of(backups, window(Duration.ofDays(5), Map.of()), now)
                .log()
                .getOrDefault(ONE, LogNeed.ALL);

        assertThat(log.needs(segment(1, 1200))).isTrue();
        assertThat(log.needs(segment(1, 1199))).isFalse();
    }

    @Test
    void without_a_window_the_log_is_kept_from_the_oldest_backup_on_that_stays() {
        LogNeed log = RetentionPlan.of(days(1, 20), daily(3), now).log().getOrDefault(ONE, LogNeed.ALL);

        assertThat(log.needs(segment(1, 1799))).isFalse();
        assertThat(log.needs(segment(1, 1800))).isTrue();
        assertThat(LogNeed.ALL.needs(segment(1, 1))).isTrue();
    }

    @Test
    void a_clock_ten_years_ahead_makes_nothing_old_and_one_that_is_behind_neither() {
        List<KnownBackup> backups = days(1, 20);
        RetentionPolicy policy = new RetentionPolicy(
                ZoneOffset.UTC,
                Map.of(),
                Optional.empty(),
                Optional.of(Duration.ofDays(6)),
                Optional.of(Duration.ofDays(2)),
                FREE);
        List<BackupId> removed = RetentionPlan.of(backups, policy, now).removed();

        assertThat(names(removed)).hasSize(13);
        assertThat(RetentionPlan.of(backups, policy, now.plus(Duration.ofDays(3653)))
                        .removed())
                .isEqualTo(removed);
        assertThat(RetentionPlan.of(backups, policy, now.minus(Duration.ofDays(365)))
                        .removed())
                .isEmpty();
    }

    private static RetentionPolicy policy(ZoneId zone, Map<Generation, Integer> generations) {
        return new RetentionPolicy(zone, generations, Optional.empty(), Optional.empty(), Optional.empty(), FREE);
    }

    private static RetentionPolicy daily(int days) {
        return policy(ZoneOffset.UTC, Map.of(Generation.DAILY, days));
    }

    private static RetentionPolicy limited(Limits limits) {
        return new RetentionPolicy(
                ZoneOffset.UTC,
                Map.of(Generation.DAILY, 2),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                limits);
    }

    private static RetentionPolicy window(Duration window, Map<Generation, Integer> generations) {
        return new RetentionPolicy(
                ZoneOffset.UTC, generations, Optional.empty(), Optional.empty(), Optional.of(window), FREE);
    }

    private static List<KnownBackup> days(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(day -> on(1, "d%02d".formatted(day), day))
                .toList();
    }

    private static KnownBackup on(int timeline, String name, int day) {
        String time = "2026-11-%02dT00:00:00Z".formatted(day);
        KnownBackup backup = verified(name, time);
        Lsn start = new Lsn(day * 100L * MIB);
        return new KnownBackup(
                backup.backup(),
                backup.place(),
                backup.startedAt(),
                backup.finishedAt(),
                Optional.of(new WalNeeded(timeline, start, start.plus(1000), MIB)),
                backup.proof(),
                List.of(),
                Optional.empty(),
                false);
    }

    private static KnownBackup verified(String name, String time) {
        return at(ONE, name, time, whole(time));
    }

    private static Proof whole(String since) {
        return new Proof.Verified(Instant.parse(since).plusSeconds(300));
    }

    private static KnownBackup at(Place place, String name, String time, Proof proof) {
        Instant started = Instant.parse(time);
        return new KnownBackup(
                new BackupId(name),
                place,
                started,
                started.plusSeconds(60),
                Optional.empty(),
                proof,
                List.of(),
                Optional.empty(),
                false);
    }

    private static KnownBackup with(
            KnownBackup like, String name, List<String> holds, Optional<Instant> lockedUntil, boolean isBuiltOn) {
        return new KnownBackup(
                new BackupId(name),
                like.place(),
                like.startedAt(),
                like.finishedAt(),
                like.wal(),
                like.proof(),
                holds,
                lockedUntil,
                isBuiltOn);
    }

    private static WalSegmentName segment(int timeline, long number) {
        return WalSegmentName.of(timeline, number, MIB);
    }

    private static List<String> kept(RetentionPlan plan) {
        return plan.decisions().stream()
                .filter(decision -> decision.verdict() == Verdict.KEEP)
                .map(decision -> decision.backup().backup().value())
                .sorted()
                .toList();
    }

    private static List<String> names(List<BackupId> backups) {
        return backups.stream().map(BackupId::value).toList();
    }

    private static Decision decision(RetentionPlan plan, String backup) {
        return plan.decisions().stream()
                .filter(decision -> decision.backup().backup().value().equals(backup))
                .findFirst()
                .orElseThrow();
    }

    private static Verdict verdict(RetentionPlan plan, String backup) {
        return decision(plan, backup).verdict();
    }

    private static List<Rule> rules(RetentionPlan plan, String backup) {
        return decision(plan, backup).reasons().stream().map(Reason::rule).toList();
    }

    private static String words(RetentionPlan plan, String backup) {
        return String.join(
                "; ",
                decision(plan, backup).reasons().stream().map(Reason::words).toList());
    }
}

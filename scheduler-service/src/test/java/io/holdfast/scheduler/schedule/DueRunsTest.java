package io.holdfast.scheduler.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.scheduler.schedule.DueRuns.Request;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class DueRunsTest {

    private static final CronSchedule NIGHTLY = CronSchedule.of("0 2 * * *", ZoneId.of("UTC"));
    private static final CronSchedule EVERY_MINUTE = CronSchedule.of("* * * * *", ZoneId.of("UTC"));
    private static final Instant DUE = Instant.parse("2026-11-20T02:00:00Z");

    @Test
    void nothing_happens_before_its_time() {
        DueRuns runs = DueRuns.of(NIGHTLY, DUE, DUE.minusMillis(1));

        assertThat(runs.request()).isNull();
        assertThat(runs.missed()).isEmpty();
        assertThat(runs.nextDueAt()).isEqualTo(DUE);
    }

    @Test
    void a_run_on_time_is_asked_for_and_nothing_was_missed() {
        DueRuns runs = DueRuns.of(NIGHTLY, DUE, DUE.plusSeconds(1));

        assertThat(runs.request()).isEqualTo(new Request(DUE, false));
        assertThat(runs.missed()).isEmpty();
        assertThat(runs.nextDueAt()).isEqualTo(Instant.parse("2026-11-21T02:00:00Z"));
    }

    @Test
    void three_nights_away_are_three_missed_runs_and_one_to_catch_up() {
        DueRuns runs = DueRuns.of(NIGHTLY, DUE, Instant.parse("2026-11-22T14:00:00Z"));

        assertThat(runs.missed())
                .containsExactly(DUE, Instant.parse("2026-11-21T02:00:00Z"), Instant.parse("2026-11-22T02:00:00Z"));
        assertThat(runs.request()).isEqualTo(new Request(Instant.parse("2026-11-22T02:00:00Z"), true));
        assertThat(runs.nextDueAt()).isEqualTo(Instant.parse("2026-11-23T02:00:00Z"));
    }

    @Test
    void back_just_in_time_for_the_third_two_were_missed_and_the_third_is_on_time() {
        DueRuns runs = DueRuns.of(NIGHTLY, DUE, Instant.parse("2026-11-22T02:00:30Z"));

        assertThat(runs.missed()).containsExactly(DUE, Instant.parse("2026-11-21T02:00:00Z"));
        assertThat(runs.request()).isEqualTo(new Request(Instant.parse("2026-11-22T02:00:00Z"), false));
    }

    @Test
    void only_the_newest_hundred_of_many_missed_runs_are_listed() {
        Instant now = DUE.plusSeconds(3600 * 24 * 3 + 30);

        DueRuns runs = DueRuns.of(EVERY_MINUTE, DUE, now);

        assertThat(runs.missed()).hasSize(DueRuns.MOST_LISTED);
        assertThat(runs.missed().getLast()).isEqualTo(now.minusSeconds(30 + 60));
        assertThat(runs.request()).isEqualTo(new Request(now.minusSeconds(30), false));
    }

    @Test
    void years_away_end_in_one_catch_up() {
        Instant now = Instant.parse("2036-11-20T14:00:00Z");

        DueRuns runs = DueRuns.of(NIGHTLY, DUE, now);

        assertThat(runs.missed()).hasSizeBetween(30, 33).startsWith(DUE);
        assertThat(runs.request()).isEqualTo(new Request(Instant.parse("2036-11-20T02:00:00Z"), true));
        assertThat(runs.nextDueAt()).isEqualTo(Instant.parse("2036-11-21T02:00:00Z"));
    }

    @Test
    void a_clock_set_back_after_the_run_waits_for_the_next_one() {
        DueRuns first = DueRuns.of(NIGHTLY, DUE, DUE);
        Instant next = Objects.requireNonNull(first.nextDueAt());

        DueRuns again = DueRuns.of(NIGHTLY, next, DUE.minusSeconds(3600));

        assertThat(again.request()).isNull();
        assertThat(again.nextDueAt()).isEqualTo(next);
    }
}

package io.holdfast.scheduler.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronScheduleTest {

    private static final ZoneId UTC = ZoneId.of("UTC");
    private static final ZoneId ZURICH = ZoneId.of("Europe/Zurich");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 2 * * *      | 2026-11-20T01:59:59Z | 2026-11-20T02:00:00Z",
                "0 2 * * *      | 2026-11-20T02:00:00Z | 2026-11-21T02:00:00Z",
                "0 2 * * *      | 2026-11-20T02:00:00.001Z | 2026-11-21T02:00:00Z",
                "*/15 * * * *   | 2026-11-20T02:07:00Z | 2026-11-20T02:15:00Z",
                "0,30 8-10 * * *| 2026-11-20T10:30:00Z | 2026-11-21T08:00:00Z",
                "0 0 1 * *      | 2026-12-01T00:00:00Z | 2027-01-01T00:00:00Z",
                "0 0 31 * *     | 2026-11-20T00:00:00Z | 2026-12-31T00:00:00Z",
                "0 4 * * 0      | 2026-11-20T00:00:00Z | 2026-11-22T04:00:00Z",
                "0 4 * * 7      | 2026-11-20T00:00:00Z | 2026-11-22T04:00:00Z",
                "0 4 * * 1-5    | 2026-11-20T04:00:00Z | 2026-11-23T04:00:00Z",
                "0 4 * jan *    | 2026-11-20T04:00:00Z | 2027-01-01T04:00:00Z",
                "0 4 * * mon    | 2026-11-20T04:00:00Z | 2026-11-23T04:00:00Z",
                "59 23 31 12 *  | 2026-11-20T04:00:00Z | 2026-12-31T23:59:00Z"
            })
    void the_next_time_is_strictly_after_the_given_one(String expression, Instant after, Instant expected) {
        assertThat(CronSchedule.of(expression, UTC).after(after)).contains(expected);
    }

    @Test
    void a_day_of_month_and_a_day_of_week_together_mean_either() {
        CronSchedule thirteenthOrFriday = CronSchedule.of("0 0 13 * 5", UTC);

        assertThat(times(thirteenthOrFriday, "2026-12-05T00:00:00Z", 4))
                .containsExactly(
                        Instant.parse("2026-12-11T00:00:00Z"),
                        Instant.parse("2026-12-13T00:00:00Z"),
                        Instant.parse("2026-12-18T00:00:00Z"),
                        Instant.parse("2026-12-25T00:00:00Z"));
    }

    @Test
    void the_leap_day_comes_every_four_years_and_not_in_2100() {
        CronSchedule leapDay = CronSchedule.of("0 12 29 2 *", UTC);

        assertThat(times(leapDay, "2027-01-01T00:00:00Z", 2))
                .containsExactly(Instant.parse("2028-02-29T12:00:00Z"), Instant.parse("2032-02-29T12:00:00Z"));
        assertThat(leapDay.after(Instant.parse("2096-03-01T00:00:00Z")))
                .contains(Instant.parse("2104-02-29T12:00:00Z"));
    }

    @Test
    void a_fixed_hour_that_clocks_skip_runs_once_after_the_gap() {
        // In Zurich 2027-03-28 has no 02:30.
        CronSchedule nightly = CronSchedule.of("30 2 * * *", ZURICH);

        assertThat(times(nightly, "2027-03-27T00:00:00Z", 3))
                .containsExactly(
                        Instant.parse("2027-03-27T01:30:00Z"),
                        Instant.parse("2027-03-28T01:30:00Z"),
                        Instant.parse("2027-03-29T00:30:00Z"));
    }

    @Test
    void a_fixed_hour_that_clocks_repeat_runs_the_first_time_only() {
        // In Zurich 2027-10-31 has 02:30 twice.
        CronSchedule nightly = CronSchedule.of("30 2 * * *", ZURICH);

        assertThat(times(nightly, "2027-10-30T00:00:00Z", 3))
                .containsExactly(
                        Instant.parse("2027-10-30T00:30:00Z"),
                        Instant.parse("2027-10-31T00:30:00Z"),
                        Instant.parse("2027-11-01T01:30:00Z"));
        assertThat(nightly.after(Instant.parse("2027-10-31T01:00:00Z")))
                .contains(Instant.parse("2027-11-01T01:30:00Z"));
    }

    @Test
    void an_hourly_schedule_keeps_its_hour_over_both_changes_of_clocks() {
        CronSchedule hourly = CronSchedule.of("0 * * * *", ZURICH);

        assertThat(times(hourly, "2027-03-27T22:30:00Z", 6)).isEqualTo(everyHour("2027-03-27T23:00:00Z", 6));
        assertThat(times(hourly, "2027-10-30T21:30:00Z", 8)).isEqualTo(everyHour("2027-10-30T22:00:00Z", 8));
    }

    @Test
    void every_half_hour_stays_in_order_while_an_hour_is_repeated() {
        CronSchedule halfHourly = CronSchedule.of("*/30 * * * *", ZURICH);

        assertThat(times(halfHourly, "2027-10-30T23:59:00Z", 6))
                .containsExactly(
                        Instant.parse("2027-10-31T00:00:00Z"),
                        Instant.parse("2027-10-31T00:30:00Z"),
                        Instant.parse("2027-10-31T01:00:00Z"),
                        Instant.parse("2027-10-31T01:30:00Z"),
                        Instant.parse("2027-10-31T02:00:00Z"),
                        Instant.parse("2027-10-31T02:30:00Z"));
    }

    @Test
    void two_fixed_times_that_fall_together_after_a_gap_run_once() {
        CronSchedule both = CronSchedule.of("30 2,3 * * *", ZURICH);

        assertThat(times(both, "2027-03-28T00:00:00Z", 2))
                .containsExactly(Instant.parse("2027-03-28T01:30:00Z"), Instant.parse("2027-03-29T00:30:00Z"));
    }

    @Test
    void a_whole_day_that_a_country_skipped_is_made_up_for_once() {
        // Samoa had no 2011-12-30.
        CronSchedule noon = CronSchedule.of("0 12 * * *", ZoneId.of("Pacific/Apia"));

        assertThat(times(noon, "2011-12-29T00:00:00Z", 3))
                .containsExactly(
                        Instant.parse("2011-12-29T22:00:00Z"),
                        Instant.parse("2011-12-30T22:00:00Z"),
                        Instant.parse("2011-12-31T22:00:00Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "* * * *",
                "* * * * * *",
                "60 * * * *",
                "* 24 * * *",
                "* * 0 * *",
                "* * * 13 *",
                "* * * * 8",
                "a b c d e",
                "*/0 * * * *",
                "0 0 30 2 *",
                "@daily"
            })
    void what_is_no_schedule_is_refused(String expression) {
        assertThatThrownBy(() -> CronSchedule.of(expression, UTC))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .isNotBlank();
    }

    @Test
    void spaces_do_not_make_a_difference() {
        assertThat(CronSchedule.of("  0  2 * *\t* ", UTC)).isEqualTo(CronSchedule.of("0 2 * * *", UTC));
        assertThat(CronSchedule.of("0 2 * * *", UTC)).isNotEqualTo(CronSchedule.of("0 2 * * *", ZURICH));
    }

    private static List<Instant> times(CronSchedule schedule, String after, int count) {
        List<Instant> times = new ArrayList<>();
        Instant last = Instant.parse(after);
        for (int i = 0; i < count; i++) {
            last = schedule.after(last).orElseThrow();
            times.add(last);
        }
        return times;
    }

    private static List<Instant> everyHour(String from, int count) {
        List<Instant> times = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            times.add(Instant.parse(from).plusSeconds(3600L * i));
        }
        return times;
    }
}

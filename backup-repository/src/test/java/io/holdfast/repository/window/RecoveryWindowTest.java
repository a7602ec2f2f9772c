package io.holdfast.repository.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryWindowTest {
    private static final int SIZE = 1 << 20;
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    private final List<WindowBase> bases = new ArrayList<>();
    private final List<TimelineAncestry> ancestries = new ArrayList<>();
    private final List<StoredTimeline.Builder> stored = new ArrayList<>();
    private final Samples clock = new Samples();

    /** One sample a segment: its beginning was reached as many minutes behind noon as it has in its number. */
    private static final class Samples implements WindowClock {
        final List<WalTime> all = new ArrayList<>();

        @Override
        public Optional<WalTime> atOrBefore(int timeline, Lsn lsn) {
            return all.stream()
                    .filter(it -> it.lsn().compareTo(lsn) <= 0)
                    .max(Comparator.comparing(WalTime::lsn).thenComparing(WalTime::time));
        }

        @Override
        public Optional<WalTime> atOrAfter(int timeline, Lsn lsn) {
            return all.stream()
                    .filter(it -> it.lsn().compareTo(lsn) >= 0)
                    .min(Comparator.comparing(WalTime::lsn).thenComparing(WalTime::time));
        }
    }

    private static Instant minute(long minutes) {
        return NOON.plus(Duration.ofMinutes(minutes));
    }

    private static Lsn at(double segment) {
        return new Lsn((long) (segment * SIZE));
    }

    private WindowBase base(String name, int timeline, double start, double stop) {
        WindowBase base = new WindowBase(
                new BackupId(name), new WalNeeded(timeline, at(start), at(stop), SIZE), minute((long) stop), false);
        bases.add(base);
        return base;
    }

    private StoredTimeline.Builder timeline(int timeline, int... segments) {
        StoredTimeline.Builder builder = new StoredTimeline.Builder(timeline, SIZE);
        for (int segment : segments) {
            builder.complete(segment);
        }
        stored.add(builder);
        return builder;
    }

    private RecoveryWindow window() throws Exception {
        return RecoveryWindow.of(
                bases, stored.stream().map(StoredTimeline.Builder::build).toList(), ancestries, clock);
    }

    private static WalSegmentName segment(int timeline, long number) {
        return WalSegmentName.of(timeline, number, SIZE);
    }

    @Test
    void without_a_base_backup_there_is_nothing_to_begin_with() throws Exception {
        timeline(1, 1, 2, 3);

        assertThat(window().latestTimeline()).isEmpty();
        assertThat(window().reach(1, at(2))).isInstanceOf(Reach.Outside.class);
    }

    @Test
    void the_window_goes_from_the_end_of_a_backup_to_the_last_byte_of_an_increment() throws Exception {
        WindowBase base = base("b1", 1, 2.1, 2.5);
        timeline(1, 2, 3, 4).increment(5, 0, 100);

        assertThat(window().stretches(1)).singleElement().satisfies(stretch -> {
            assertThat(stretch.base()).isEqualTo(base);
            assertThat(stretch.from().lsn()).isEqualTo(at(2.5));
            assertThat(stretch.to().lsn()).isEqualTo(at(5).plus(100));
        });
        assertThat(window().holes(1)).isEmpty();
        assertThat(window().reach(1, at(2.4)))
                .isEqualTo(new Reach.Outside(
                        Optional.empty(),
                        Optional.of(window().stretches(1).getFirst().from()),
                        Optional.empty()));
        assertThat(window().reach(1, at(5).plus(101))).isInstanceOf(Reach.Outside.class);
    }

    @Test
    void a_missing_segment_cuts_the_window_until_a_later_backup() throws Exception {
        WindowBase first = base("b1", 1, 2.1, 2.5);
        timeline(1, 2, 3, 5, 6, 7, 8);

        assertThat(window().stretches(1).getFirst().to().lsn()).isEqualTo(at(4));
        assertThat(window().holes(1))
                .containsExactly(new Hole(1, segment(1, 4), at(4), Optional.of(at(5)), Optional.empty()));

        WindowBase second = base("b2", 1, 6.1, 6.5);

        assertThat(window().stretches(1)).extracting(Stretch::base).containsExactly(first, second);
        assertThat(window().holes(1))
                .containsExactly(new Hole(1, segment(1, 4), at(4), Optional.of(at(5)), Optional.of(second)));
        assertThat(window().reach(1, at(5.5))).isInstanceOfSatisfying(Reach.Outside.class, outside -> {
            assertThat(outside.before().orElseThrow().lsn()).isEqualTo(at(4));
            assertThat(outside.after().orElseThrow().lsn()).isEqualTo(at(6.5));
            assertThat(outside.hole().orElseThrow().firstMissing()).isEqualTo(segment(1, 4));
        });
        assertThat(window().end(1).orElseThrow().lsn()).isEqualTo(at(9));
    }

    @Test
    void the_newest_backup_before_a_target_is_taken() throws Exception {
        WindowBase first = base("b1", 1, 2.1, 2.5);
        WindowBase second = base("b2", 1, 4.1, 4.5);
        timeline(1, 2, 3, 4, 5);

        assertThat(window().reach(1, at(4.4)))
                .isEqualTo(new Reach.Reachable(first, window().end(1).orElseThrow(), true));
        assertThat(window().reach(1, at(4.5)))
                .isEqualTo(new Reach.Reachable(second, window().end(1).orElseThrow(), true));
    }

    @Test
    void a_promoted_timeline_goes_on_where_it_left_its_parent() throws Exception {
        base("b1", 1, 2.1, 2.5);
        timeline(1, 2, 3).increment(4, 0, SIZE / 2);
        timeline(2, 4, 5, 6);
        ancestries.add(new TimelineAncestry(2, List.of(new TimelineAncestry.Parent(1, at(4.5)))));

        assertThat(window().latestTimeline()).contains(2);
        assertThat(window().stretches(2)).singleElement().satisfies(stretch -> {
            assertThat(stretch.from().timeline()).isEqualTo(1);
            assertThat(stretch.to()).isEqualTo(new Moment(2, at(7), stretch.to().time()));
        });
        assertThat(window().stretches(1).getFirst().to().lsn()).isEqualTo(at(4.5));
        assertThat(window().holes(1)).isEmpty();
        assertThat(window().parts(2, bases.getFirst(), at(6.5)))
                .containsExactly(new WalPart(1, at(2.1), at(4.5)), new WalPart(2, at(4.5), at(6.5)));
    }

    @Test
    void what_an_old_primary_wrote_behind_the_switch_is_only_on_its_own_way() throws Exception {
        base("b1", 1, 2.1, 2.5);
        timeline(1, 2, 3, 4, 5, 6, 7, 8);
        timeline(2, 4, 5);
        ancestries.add(new TimelineAncestry(2, List.of(new TimelineAncestry.Parent(1, at(4.5)))));
        base("late", 1, 6.1, 6.5);

        assertThat(window().end(1).orElseThrow().lsn()).isEqualTo(at(9));
        assertThat(window().end(2).orElseThrow().lsn()).isEqualTo(at(6));
        assertThat(window().reach(2, at(5.9)))
                .isInstanceOfSatisfying(
                        Reach.Reachable.class,
                        reachable -> assertThat(reachable.base().backup()).isEqualTo(new BackupId("b1")));
    }

    @Test
    void the_end_of_a_parent_that_is_missing_is_a_hole_on_the_way_to_the_child() throws Exception {
        base("b1", 1, 2.1, 2.5);
        timeline(1, 2);
        timeline(2, 4, 5);
        ancestries.add(new TimelineAncestry(2, List.of(new TimelineAncestry.Parent(1, at(4.5)))));

        assertThat(window().holes(2))
                .containsExactly(new Hole(1, segment(1, 3), at(3), Optional.of(at(4)), Optional.empty()));
        assertThat(window().holes(1)).isEmpty();
    }

    @Test
    void a_timeline_that_was_left_before_it_began_is_passed_over() throws Exception {
        base("b1", 1, 2.1, 2.5);
        timeline(1, 2, 3, 4, 5, 6);
        timeline(2, 5, 6, 7);
        timeline(3, 4, 5);
        ancestries.add(new TimelineAncestry(2, List.of(new TimelineAncestry.Parent(1, at(5.5)))));
        ancestries.add(new TimelineAncestry(
                3, List.of(new TimelineAncestry.Parent(1, at(5.5)), new TimelineAncestry.Parent(2, at(4.5)))));

        assertThat(window().end(3).orElseThrow().lsn()).isEqualTo(at(6));
        assertThat(window().parts(3, bases.getFirst(), at(6)))
                .containsExactly(new WalPart(1, at(2.1), at(4.5)), new WalPart(3, at(4.5), at(6)));
        assertThat(window().end(2, new BackupId("b1")).orElseThrow().lsn()).isEqualTo(at(8));
        assertThat(window().end(2, new BackupId("b2"))).isEmpty();
    }

    @Test
    void a_child_whose_first_segment_is_missing_is_not_reached() throws Exception {
        base("b1", 1, 2.1, 2.5);
        timeline(1, 2, 3, 4);
        timeline(2, 5, 6);
        ancestries.add(new TimelineAncestry(2, List.of(new TimelineAncestry.Parent(1, at(4.5)))));

        assertThat(window().end(2).orElseThrow().lsn()).isEqualTo(at(4.5));
        assertThat(window().holes(2))
                .containsExactly(new Hole(2, segment(2, 4), at(4.5), Optional.of(at(5)), Optional.empty()));
    }

    @Test
    void a_segment_that_stayed_partial_though_there_are_later_ones_is_reached_as_far_as_it_was_stored()
            throws Exception {
        WindowBase base = base("b1", 1, 2.1, 2.5);
        StoredTimeline.Builder log = timeline(1, 2, 3);
        log.increment(4, 0, 1000);
        log.complete(5);

        assertThat(window().end(1).orElseThrow().lsn()).isEqualTo(at(4).plus(1000));
        assertThat(window().holes(1))
                .containsExactly(new Hole(1, segment(1, 4), at(4).plus(1000), Optional.of(at(5)), Optional.empty()));
        assertThat(window().parts(1, base, at(4).plus(1000)))
                .containsExactly(new WalPart(1, at(2.1), at(4).plus(1000)));
        assertThat(window().reach(1, at(4).plus(1001))).isInstanceOf(Reach.Outside.class);
    }

    @Test
    void a_backup_that_ends_within_the_segment_where_the_log_breaks_off_makes_no_second_hole_there() throws Exception {
        base("b1", 1, 2.1, 2.5);
        base("b2", 1, 4.1, 4.2);
        StoredTimeline.Builder log = timeline(1, 2, 3);
        log.increment(4, 0, SIZE / 2);
        log.complete(5);

        assertThat(window().stretches(1)).hasSize(1);
        assertThat(window().holes(1))
                .containsExactly(new Hole(1, segment(1, 4), at(4.5), Optional.of(at(5)), Optional.empty()));
    }

    @Test
    void a_backup_of_a_quiet_standby_is_reached_through_its_increments_whatever_came_later() throws Exception {
        base("b1", 1, 2.1, 2.5);
        StoredTimeline.Builder log = timeline(1);
        log.increment(2, 0, SIZE / 4);
        log.increment(2, SIZE / 4, SIZE / 2 + 10);
        log.complete(3);

        assertThat(window().stretches(1)).singleElement().satisfies(stretch -> {
            assertThat(stretch.from().lsn()).isEqualTo(at(2.5));
            assertThat(stretch.to().lsn()).isEqualTo(at(2.5).plus(10));
        });
    }

    @Test
    void times_come_from_samples_and_bound_what_the_maker_of_a_backup_says() throws Exception {
        for (int segment = 0; segment < 10; segment++) {
            clock.all.add(new WalTime(minute(segment), at(segment)));
        }
        clock.all.add(new WalTime(minute(30), at(9)));
        timeline(1, 2, 3, 4, 5, 6, 7, 8);
        bases.add(new WindowBase(new BackupId("fast"), new WalNeeded(1, at(2.1), at(2.5), SIZE), minute(1000), false));
        bases.add(new WindowBase(new BackupId("slow"), new WalNeeded(1, at(4.1), at(4.5), SIZE), minute(-1000), false));
        RecoveryWindow window = window();

        assertThat(window.stretches(1).getFirst().from().time()).contains(minute(3));
        assertThat(window.end(1).orElseThrow().time()).contains(minute(30));
        assertThat(window.reach(1, minute(29)))
                .isInstanceOfSatisfying(
                        Reach.Reachable.class,
                        it -> assertThat(it.base().backup()).isEqualTo(new BackupId("slow")));
        assertThat(window.reach(1, minute(3)))
                .isInstanceOfSatisfying(
                        Reach.Reachable.class,
                        it -> assertThat(it.base().backup()).isEqualTo(new BackupId("fast")));
        assertThat(window.reach(1, minute(2))).isInstanceOf(Reach.Outside.class);
        assertThat(window.reach(1, minute(31))).isInstanceOf(Reach.Outside.class);
    }

    @Test
    void only_a_sample_shows_for_certain_that_a_time_lies_within() throws Exception {
        timeline(1, 2, 3, 4, 5);
        bases.add(new WindowBase(new BackupId("b1"), new WalNeeded(1, at(2.1), at(2.5), SIZE), minute(2), false));
        // Whoever made it had waited for its log, or had a clock ahead of the server's.
        bases.add(new WindowBase(new BackupId("b2"), new WalNeeded(1, at(4.1), at(4.5), SIZE), minute(9), false));
        assertThat(window().reach(1, minute(8)))
                .isInstanceOfSatisfying(
                        Reach.Reachable.class, it -> assertThat(it.sampled()).isFalse());
        assertThat(window().sampledUntil(1)).isEmpty();

        clock.all.add(new WalTime(minute(5), at(4.9)));

        assertThat(window().reach(1, minute(5)))
                .isInstanceOfSatisfying(
                        Reach.Reachable.class, it -> assertThat(it.sampled()).isTrue());
        assertThat(window().sampledUntil(1)).contains(minute(5));
        assertThat(window().reach(1, minute(5).plusNanos(1000))).isInstanceOf(Reach.Outside.class);
    }

    @Test
    void where_the_clock_was_ahead_at_the_end_of_a_stretch_what_it_showed_later_counts() throws Exception {
        base("b1", 1, 2.1, 2.5);
        timeline(1, 2, 3, 4, 6, 7, 8);
        base("b2", 1, 7.1, 7.5);
        clock.all.add(new WalTime(minute(3), at(3)));
        clock.all.add(new WalTime(minute(5_000_000), at(4.5)));
        clock.all.add(new WalTime(minute(6), at(6)));
        clock.all.add(new WalTime(minute(8), at(8)));

        assertThat(window().stretches(1).getFirst().to().time()).contains(minute(6));
        assertThat(window().reach(1, minute(6).plusSeconds(1))).isInstanceOf(Reach.Outside.class);
        assertThat(window().reach(1, minute(8)))
                .isInstanceOfSatisfying(
                        Reach.Reachable.class,
                        it -> assertThat(it.base().backup()).isEqualTo(new BackupId("b2")));
    }

    @Test
    void a_backup_made_right_after_the_clock_was_ahead_is_not_said_to_be_of_then() throws Exception {
        timeline(1, 2, 3, 4);
        bases.add(new WindowBase(new BackupId("b1"), new WalNeeded(1, at(2.1), at(2.5), SIZE), minute(4), false));
        clock.all.add(new WalTime(minute(5_000_000), at(2.2)));
        clock.all.add(new WalTime(minute(3), at(3)));
        clock.all.add(new WalTime(minute(5), at(4.5)));

        assertThat(window().stretches(1).getFirst().from().time()).contains(minute(3));
        assertThat(window().reach(1, minute(4))).isInstanceOf(Reach.Reachable.class);
    }

    @Test
    void backups_of_another_segment_size_than_the_newest_are_left_out() throws Exception {
        bases.add(new WindowBase(new BackupId("old"), new WalNeeded(1, at(1), at(2), 2 * SIZE), minute(0), false));
        base("new", 1, 2.1, 2.5);
        timeline(1, 0, 1, 2, 3);

        assertThat(window().stretches(1)).extracting(it -> it.base().backup()).containsExactly(new BackupId("new"));
    }

    @Test
    void a_history_file_is_read_as_postgresql_writes_it() throws Exception {
        String history = "1\t0/3000060\tno recovery target specified\n\n# a remark\n 2\t0/5000000\tbefore 2026\n";

        assertThat(TimelineAncestry.parse(3, history.getBytes(StandardCharsets.US_ASCII))
                        .parents())
                .containsExactly(
                        new TimelineAncestry.Parent(1, Lsn.parse("0/3000060")),
                        new TimelineAncestry.Parent(2, Lsn.parse("0/5000000")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "1", "1\t5", "3\t0/1\t", "2\t0/5\t\n1\t0/6\t", "99999999999\t0/5\t"})
    void another_file_is_no_history(String history) {
        assertThatThrownBy(() -> TimelineAncestry.parse(3, history.getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(MalformedException.class);
    }
}

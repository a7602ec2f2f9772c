package io.holdfast.scheduler.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.scheduler.catalog.LogPosition;
import io.holdfast.scheduler.catalog.WalReader.Fork;
import io.holdfast.scheduler.catalog.WalReader.Gap;
import io.holdfast.scheduler.catalog.WalReader.Piece;
import io.holdfast.scheduler.window.ClusterWindow.Hole;
import io.holdfast.scheduler.window.ClusterWindow.Stretch;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClusterWindowTest {
    private static final String REPOSITORY = "main";
    private static final String CLUSTER = "7433990837263019081";

    @Test
    void without_a_backup_there_is_no_window_however_much_log_is_stored() {
        assertThat(ClusterWindow.of(List.of(), List.of(piece(1, 0x10, 0x90)), List.of(), List.of()))
                .isEmpty();
    }

    @Test
    void it_reaches_from_the_end_of_the_first_backup_to_the_end_of_the_log() {
        ClusterWindow window =
                window(List.of(base("b1", 1, 0x10, 0x12), base("b2", 1, 0x40, 0x42)), List.of(piece(1, 0x11, 0x90)));

        Stretch all = only(window.stretches());
        assertThat(all.from().lsn()).isEqualTo(at(0x12));
        assertThat(all.from().time()).isEqualTo(time(0x12));
        assertThat(all.to().lsn()).isEqualTo(at(0x90));
        assertThat(all.to().time()).isEqualTo(time(0x90));
        assertThat(all.backups()).isEqualTo(2);
        assertThat(window.holes()).isEmpty();
    }

    @Test
    void where_no_log_is_archived_it_is_the_ends_of_the_backups_and_nothing_is_said_to_be_missing() {
        ClusterWindow window = window(List.of(base("b1", 1, 0x10, 0x12), base("b2", 1, 0x40, 0x42)), List.of());

        assertThat(window.stretches()).extracting(each -> each.to().lsn()).containsExactly(at(0x12), at(0x42));
        assertThat(window.holes()).isEmpty();
        assertThat(window.archived()).isNull();
    }

    @Test
    void log_that_begins_behind_the_backup_does_not_lead_on_from_it() {
        ClusterWindow window = window(List.of(base("b1", 1, 0x10, 0x12)), List.of(piece(1, 0x20, 0x90)));

        assertThat(only(window.stretches()).to().lsn()).isEqualTo(at(0x12));
        Hole hole = only(window.holes());
        assertThat(hole.from().lsn()).isEqualTo(at(0x12));
        assertThat(hole.to()).isEqualTo(at(0x20));
        assertThat(hole.healedBy()).isNull();
        assertThat(hole.said()).isNull();
    }

    @Test
    void a_gap_cuts_it_until_a_backup_is_made_behind_it() {
        List<Piece> log = List.of(piece(1, 0x10, 0x90));
        Gap gap = gap(1, 0x50, 0x60L, "damaged", null, null);
        KnownBase first = base("b1", 1, 0x10, 0x12);

        ClusterWindow open = window(List.of(first), log, gap);
        ClusterWindow healed = window(List.of(first, base("b2", 1, 0x92, 0x94)), List.of(piece(1, 0x10, 0x99)), gap);

        assertThat(only(open.stretches()).to().lsn()).isEqualTo(at(0x50));
        assertThat(only(open.stretches()).to().time()).isEqualTo(time(0x4F));
        assertThat(only(open.holes()).healedBy()).isNull();
        assertThat(only(open.holes()).to()).isEqualTo(at(0x60));
        assertThat(healed.stretches()).hasSize(2);
        assertThat(healed.stretches().getLast().from().lsn()).isEqualTo(at(0x94));
        assertThat(healed.stretches().getLast().to().lsn()).isEqualTo(at(0x99));
        assertThat(only(healed.holes()).healedBy()).isNotNull();
        assertThat(only(healed.holes()).said()).isEqualTo(gap);
    }

    @Test
    void log_that_arrived_after_all_leaves_no_gap() {
        ClusterWindow window = window(
                List.of(base("b1", 1, 0x10, 0x12)),
                List.of(piece(1, 0x10, 0x90)),
                gap(1, 0x50, 0x60L, "missing", time(0x95), null));

        assertThat(only(window.stretches()).to().lsn()).isEqualTo(at(0x90));
        assertThat(window.holes()).isEmpty();
    }

    @Test
    void what_the_server_gave_up_is_missing_though_the_next_report_spans_it() {
        ClusterWindow window = window(
                List.of(base("b1", 1, 0x10, 0x12), base("b2", 1, 0x70, 0x72)),
                List.of(piece(1, 0x10, 0x90)),
                gap(1, 0x50, 0x60L, "lost", null, null));

        assertThat(window.stretches()).extracting(each -> each.to().lsn()).containsExactly(at(0x50), at(0x90));
        assertThat(only(window.holes()).healedBy()).isNotNull();
    }

    @Test
    void a_promotion_goes_on_where_the_older_timeline_was_left() {
        ClusterWindow window =
                window(List.of(base("b1", 1, 0x10, 0x12)), List.of(piece(1, 0x11, 0x50), piece(2, 0x50, 0x90)));

        assertThat(window.timeline()).isEqualTo(2);
        assertThat(only(window.stretches()).to()).satisfies(end -> {
            assertThat(end.lsn()).isEqualTo(at(0x90));
            assertThat(end.timeline()).isEqualTo(2);
        });
        assertThat(window.holes()).isEmpty();
    }

    @Test
    void after_a_recovery_to_an_earlier_moment_what_came_behind_it_on_the_older_timeline_does_not_count() {
        ClusterWindow window = window(
                List.of(base("b1", 1, 0x10, 0x12), base("b2", 1, 0x70, 0x72)),
                List.of(piece(1, 0x11, 0x90), piece(2, 0x50, 0x60)));

        Stretch all = only(window.stretches());
        assertThat(all.to().lsn()).isEqualTo(at(0x60));
        assertThat(all.backups()).isEqualTo(1);
        assertThat(window.archived()).isEqualTo(piece(2, 0x50, 0x60));
    }

    @Test
    void a_backup_from_right_before_a_promotion_counts_where_it_was_said_at_which_position_that_was() {
        List<KnownBase> bases = List.of(base("b1", 1, 0x10, 0x12), base("b2", 1, 0x4A, 0x4C));
        // The first report of a timeline begins where the one before ended.
        List<Piece> log = List.of(piece(1, 0x11, 0x48), piece(2, 0x48, 0x60));

        ClusterWindow unknown = forked(bases, log);
        ClusterWindow known = forked(bases, log, fork(2, 1, 0x50));

        assertThat(only(unknown.stretches()).backups()).isEqualTo(1);
        assertThat(only(known.stretches()).backups()).isEqualTo(2);
        assertThat(only(known.stretches()).to().lsn()).isEqualTo(at(0x60));
    }

    @Test
    void a_timeline_that_the_newest_one_does_not_come_from_is_none_of_the_way() {
        ClusterWindow window = forked(
                List.of(base("b1", 1, 0x10, 0x12), base("b2", 2, 0x32, 0x34)),
                List.of(piece(1, 0x11, 0x30), piece(2, 0x30, 0x38), piece(3, 0x38, 0x60)),
                fork(2, 1, 0x30),
                fork(3, 1, 0x2C));

        Stretch all = window.stretches().getFirst();
        assertThat(all.backups()).isEqualTo(1);
        assertThat(all.to().lsn()).isEqualTo(at(0x2C));
    }

    private static ClusterWindow forked(List<KnownBase> bases, List<Piece> log, Fork... forks) {
        return ClusterWindow.of(bases, log, List.of(), List.of(forks)).orElseThrow();
    }

    private static Fork fork(int timeline, int parent, long at) {
        return new Fork(REPOSITORY, CLUSTER, timeline, parent, at(at));
    }

    private static ClusterWindow window(List<KnownBase> bases, List<Piece> log, Gap... gaps) {
        Optional<ClusterWindow> window = ClusterWindow.of(bases, log, List.of(gaps), List.of());
        assertThat(window).isPresent();
        return window.orElseThrow();
    }

    private static <T> T only(List<T> all) {
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    private static KnownBase base(String backup, int timeline, long start, long stop) {
        return new KnownBase(backup, timeline, at(start), at(stop), time(stop));
    }

    private static Piece piece(int timeline, long from, long to) {
        return new Piece(REPOSITORY, CLUSTER, timeline, at(from), at(to), time(to));
    }

    private static Gap gap(
            int timeline,
            long from,
            @Nullable Long to,
            String reason,
            @Nullable Instant healedAt,
            @Nullable String healedBy) {
        return new Gap(
                REPOSITORY,
                CLUSTER,
                timeline,
                at(from),
                to == null ? null : at(to),
                reason,
                "a detail",
                time(from - 1),
                time(from + 1),
                healedAt,
                healedBy);
    }

    /** Time passes with the log. */
    private static Instant time(long position) {
        return Instant.parse("2026-11-20T00:00:00Z").plusSeconds(position);
    }

    private static LogPosition at(long position) {
        return new LogPosition(position << 24);
    }
}

package io.holdfast.backup.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.backup.stream.Lineage.Start;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.TargetId;
import io.holdfast.events.wal.WalArchived;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.window.TimelineAncestry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The parts of streaming that need no server. */
class StreamPartsTest {
    private static final int SEGMENT = 1 << 24;
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @ParameterizedTest
    @CsvSource({"orders, holdfast_orders", "or_ders, holdfast_or_ders"})
    void a_slot_is_called_after_its_target(String target, String slot) {
        assertThat(SlotName.of(new TargetId(target))).isEqualTo(slot);
    }

    @Test
    void targets_whose_names_differ_in_what_slots_do_not_know_have_different_slots() {
        assertThat(SlotName.of(new TargetId("a-b"))).matches("holdfast_a_b_[0-9a-f]{8}");
        assertThat(SlotName.of(new TargetId("a-b")))
                .isNotEqualTo(SlotName.of(new TargetId("a.b")))
                .isNotEqualTo(SlotName.of(new TargetId("a_b")));
        assertThat(SlotName.of(new TargetId("a".repeat(63)))).hasSize(63).matches("[a-z0-9_]+");
    }

    @Test
    void receiving_goes_on_where_the_servers_timelines_say() throws Exception {
        Lineage path = Lineage.of(TimelineAncestry.parse(3, """
                1\t0/5000100\tno recovery target specified

                2\t0/7800000\tno recovery target specified
                """.getBytes(StandardCharsets.US_ASCII)));

        // before the fork, on it, behind it, on the present one, and on one that this server never was on
        assertThat(path.after(1, Lsn.parse("0/4000200"), SEGMENT)).contains(new Start(1, Lsn.parse("0/4000000")));
        assertThat(path.after(1, Lsn.parse("0/50000FF"), SEGMENT)).contains(new Start(1, Lsn.parse("0/5000000")));
        assertThat(path.after(1, Lsn.parse("0/5000100"), SEGMENT)).contains(new Start(2, Lsn.parse("0/5000000")));
        assertThat(path.after(1, Lsn.parse("0/9000000"), SEGMENT)).contains(new Start(2, Lsn.parse("0/5000000")));
        assertThat(path.after(3, Lsn.parse("1/23"), SEGMENT)).contains(new Start(3, Lsn.parse("1/0")));
        assertThat(path.after(4, Lsn.parse("1/23"), SEGMENT)).isEmpty();
        assertThat(path.fork(3)).contains(new WalArchived.TimelineFork(2, "0/7800000"));
        assertThat(path.fork(1)).isEmpty();
    }

    @Test
    void the_segment_before_lies_on_the_timeline_that_was_left_where_the_next_one_begins_in_the_segment()
            throws Exception {
        Lineage path = Lineage.of(
                TimelineAncestry.parse(3, "1 0/5000100 x\n2 0/7800000 y\n".getBytes(StandardCharsets.US_ASCII)));

        assertThat(path.present(SEGMENT)).contains(new Start(3, Lsn.parse("0/7000000")));
        assertThat(path.segmentBefore(new Start(3, Lsn.parse("0/7000000")), SEGMENT))
                .contains(new Start(2, Lsn.parse("0/6000000")));
        assertThat(path.segmentBefore(new Start(2, Lsn.parse("0/6000000")), SEGMENT))
                .contains(new Start(2, Lsn.parse("0/5000000")));
        assertThat(path.segmentBefore(new Start(2, Lsn.parse("0/5000000")), SEGMENT))
                .contains(new Start(1, Lsn.parse("0/4000000")));
        assertThat(path.segmentBefore(new Start(1, Lsn.ZERO), SEGMENT)).isEmpty();
    }

    @Test
    void a_timeline_that_was_left_before_it_began_is_passed_over() throws Exception {
        Lineage path = Lineage.of(
                TimelineAncestry.parse(3, "1 0/5000000 x\n2 0/4000000 y\n".getBytes(StandardCharsets.US_ASCII)));

        assertThat(path.after(1, Lsn.parse("0/4800000"), SEGMENT)).contains(new Start(3, Lsn.parse("0/4000000")));
        assertThat(path.after(2, Lsn.parse("0/4800000"), SEGMENT)).isEmpty();
    }

    @Test
    void standing_still_is_told_once_after_a_while_and_going_on_once() {
        Trouble trouble = Trouble.NONE;

        Trouble.Told first = trouble.failed(failure(FailureCategory.CONNECTION), NOON, PATIENCE);
        Trouble.Told soon = first.now().failed(failure(FailureCategory.CONNECTION), NOON.plusSeconds(59), PATIENCE);
        Trouble.Told late = soon.now().failed(failure(FailureCategory.TIMEOUT), NOON.plusSeconds(60), PATIENCE);
        Trouble.Told later = late.now().failed(failure(FailureCategory.CONNECTION), NOON.plusSeconds(600), PATIENCE);

        assertThat(first.interrupted()).isEmpty();
        assertThat(soon.interrupted()).isEmpty();
        assertThat(late.interrupted()).contains(failure(FailureCategory.TIMEOUT));
        assertThat(later.interrupted()).isEmpty();
        assertThat(later.now().works().resumedSince()).contains(NOON);
        assertThat(later.now().works().now()).isEqualTo(Trouble.NONE);
        assertThat(soon.now().works().resumedSince()).isEmpty();
    }

    @Test
    void what_does_not_go_away_by_itself_is_told_at_once() {
        assertThat(Trouble.NONE
                        .failed(failure(FailureCategory.PERMISSION), NOON, PATIENCE)
                        .interrupted())
                .isPresent();
    }

    @Test
    void samples_come_out_once_they_are_durable_and_a_quiet_time_takes_two() {
        Samples samples = new Samples();
        samples.note(NOON, Lsn.parse("0/100"));
        samples.note(NOON.plusMillis(500), Lsn.parse("0/150"));
        samples.note(NOON.plusSeconds(1), Lsn.parse("0/200"));
        for (int second = 2; second < 600; second++) {
            samples.note(NOON.plusSeconds(second), Lsn.parse("0/300"));
        }
        samples.note(NOON.plusSeconds(600), Lsn.parse("0/400"));

        samples.durable(Lsn.parse("0/1FF"));
        assertThat(samples.archivedUntil()).contains(NOON);
        samples.durable(Lsn.parse("0/300"));

        assertThat(samples.archivedUntil()).contains(NOON.plusSeconds(599));
        assertThat(samples.take())
                .containsExactly(
                        new Samples.Sample(NOON, Lsn.parse("0/100")),
                        new Samples.Sample(NOON.plusSeconds(1), Lsn.parse("0/200")),
                        new Samples.Sample(NOON.plusSeconds(2), Lsn.parse("0/300")),
                        new Samples.Sample(NOON.plusSeconds(599), Lsn.parse("0/300")));
        assertThat(samples.take()).isEmpty();
    }

    @Test
    void sizes_are_read_as_servers_show_them() {
        assertThat(Preflight.bytes("-1")).isEmpty();
        assertThat(Preflight.bytes("64MB")).isEqualTo(OptionalLong.of(64L << 20));
        assertThat(Preflight.bytes("3TB")).isEqualTo(OptionalLong.of(3L << 40));
        assertThat(Preflight.bytes("10")).isEqualTo(OptionalLong.of(10));
    }

    private static Failure failure(FailureCategory category) {
        return new Failure(category, "It does not work.", "mend it");
    }
}

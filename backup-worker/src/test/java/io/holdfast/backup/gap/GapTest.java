package io.holdfast.backup.gap;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.window.RecoveryWindow;
import io.holdfast.repository.window.StoredTimeline;
import io.holdfast.repository.window.WindowBase;
import io.holdfast.repository.window.WindowClock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What of the stored log counts as a gap, beside where the server is. */
class GapTest {
    private static final int SIZE = 1 << 20;
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    private static Lsn at(double segment) {
        return new Lsn((long) (segment * SIZE));
    }

    private static WindowBase base(String name, double start, double stop) {
        return new WindowBase(new BackupId(name), new WalNeeded(1, at(start), at(stop), SIZE), NOW, false);
    }

    private static WalPosition durable(double segment) {
        return new WalPosition("orders", "77", 1, at(99), at(segment), NOW);
    }

    /** @param complete the last segment of each range by its first */
    private static List<Gap> gaps(
            WalPosition position, Map<Long, Long> complete, Map<Long, Integer> partial, WindowBase... bases)
            throws Exception {
        NavigableMap<Long, Long> byLast = new TreeMap<>();
        complete.forEach((first, last) -> byLast.put(last, first));
        StoredTimeline stored = new StoredTimeline(1, SIZE, byLast, new TreeMap<>(partial));
        return Gap.of(RecoveryWindow.of(List.of(bases), List.of(stored), List.of(), WindowClock.NONE), position);
    }

    @Test
    void what_is_missing_before_the_durable_position_is_a_gap() throws Exception {
        assertThat(gaps(durable(8), Map.of(2L, 3L, 5L, 7L), Map.of(), base("b1", 2.1, 2.5)))
                .singleElement()
                .satisfies(gap -> {
                    assertThat(gap.firstMissing()).isEqualTo(WalSegmentName.of(1, 4, SIZE));
                    assertThat(gap.from()).isEqualTo(at(4));
                    assertThat(gap.to()).isEqualTo(at(5));
                });
        assertThat(gaps(durable(8), Map.of(2L, 6L), Map.of(), base("b1", 2.1, 2.5)))
                .singleElement()
                .satisfies(gap -> assertThat(gap.from()).isEqualTo(at(7)));
    }

    @Test
    void a_base_backup_whose_log_is_ahead_of_the_stream_makes_no_gap() throws Exception {
        Map<Long, Long> stored = Map.of(2L, 3L, 5L, 5L);
        Map<Long, Integer> partial = Map.of(4L, SIZE / 2);
        WindowBase[] bases = {base("b1", 2.1, 2.5), base("b2", 5.1, 5.5)};

        assertThat(gaps(durable(4.5), stored, partial, bases)).isEmpty();
        assertThat(gaps(durable(4.6), stored, partial, bases))
                .singleElement()
                .satisfies(gap -> assertThat(gap.from()).isEqualTo(at(4.5)));
    }

    @Test
    void while_nothing_is_said_to_be_durable_nothing_is_missing() throws Exception {
        assertThat(gaps(durable(0), Map.of(2L, 3L, 5L, 7L), Map.of(), base("b1", 2.1, 2.5)))
                .isEmpty();
    }

    @Test
    void what_was_archived_stays_so_whatever_the_server_names_next() {
        WalPosition before = durable(8);
        WalPosition silent = new WalPosition("orders", "77", 1, at(100), Lsn.ZERO, NOW.plusSeconds(20));

        assertThat(silent.after(before).durable()).isEqualTo(at(8));
        assertThat(silent.after(before).serverTime()).isEqualTo(NOW.plusSeconds(20));
        assertThat(new WalPosition("orders", "77", 2, at(100), Lsn.ZERO, NOW)
                        .after(before)
                        .durable())
                .isEqualTo(Lsn.ZERO);
        assertThat(durable(9).after(before).durable()).isEqualTo(at(9));
    }
}

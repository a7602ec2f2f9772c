package io.holdfast.repository.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.ObjectStore;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalArchiveTest {
    private static final int SIZE = SampleBackup.SEGMENT_SIZE;

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final Path work;
    private final WalArchive wal;

    WalArchiveTest(@TempDir Path work) throws Exception {
        this.work = work;
        this.wal = SampleBackup.place(store).wal(work);
    }

    private void complete(long number, byte[] bytes) throws Exception {
        try (WalSegmentWriter segment = wal.begin(1, number, SIZE)) {
            for (int position = 0; position < SIZE; position += 100_000) {
                segment.write(position, bytes, position, Math.min(100_000, SIZE - position));
            }
            segment.finish();
        }
    }

    private byte[] read(long number) throws Exception {
        try (InputStream in = wal.open(WalSegmentName.of(1, number, SIZE))) {
            return in.readAllBytes();
        }
    }

    @Test
    void a_complete_segment_comes_back() throws Exception {
        byte[] bytes = SampleBackup.segment(5);
        complete(5, bytes);

        assertThat(read(5)).isEqualTo(bytes);
        assertThat(work).isEmptyDirectory();
    }

    @Test
    void the_same_segment_again_is_fine_another_is_a_conflict() throws Exception {
        byte[] bytes = SampleBackup.segment(5);
        complete(5, bytes);
        complete(5, bytes);
        byte[] other = bytes.clone();
        other[SIZE - 1]++;

        assertThatThrownBy(() -> complete(5, other))
                .isInstanceOf(RepositoryException.Conflict.class)
                .hasMessageContaining("000000010000000000000005")
                .hasMessageContaining("HINT:");
        assertThat(read(5)).isEqualTo(bytes);
    }

    @Test
    void two_clusters_under_one_target_do_not_meet() throws Exception {
        complete(5, SampleBackup.segment(5));
        WalArchive other = Repository.open(store)
                .at(SampleBackup.TARGET, Place.ofSystemIdentifier(-1))
                .wal(work);

        assertThatThrownBy(() -> other.open(WalSegmentName.of(1, 5, SIZE)))
                .isInstanceOf(RepositoryException.NotFound.class);
    }

    @Test
    void only_a_whole_segment_can_be_finished() throws Exception {
        try (WalSegmentWriter segment = wal.begin(1, 5, SIZE)) {
            segment.write(0, new byte[10], 0, 10);
            assertThatThrownBy(segment::finish).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> segment.write(11, new byte[1], 0, 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> segment.write(10, new byte[SIZE], 0, SIZE))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void increments_are_served_with_zeros_behind_them() throws Exception {
        byte[] bytes = SampleBackup.segment(5);
        try (WalSegmentWriter segment = wal.begin(1, 5, SIZE)) {
            segment.write(0, bytes, 0, 1000);
            assertThat(segment.saveIncrement()).isEqualTo(new Lsn(5L * SIZE + 1000));
            assertThat(segment.saveIncrement()).isEqualTo(new Lsn(5L * SIZE + 1000));
            segment.write(1000, bytes, 1000, 500);
            assertThat(segment.saveIncrement()).isEqualTo(new Lsn(5L * SIZE + 1500));
        }
        byte[] expected = Arrays.copyOf(Arrays.copyOf(bytes, 1500), SIZE);

        assertThat(read(5)).isEqualTo(expected);
        assertThat(wal.covers(1, new Lsn(5L * SIZE), new Lsn(5L * SIZE + 1500), SIZE))
                .isEmpty();
        assertThat(wal.covers(1, new Lsn(5L * SIZE), new Lsn(5L * SIZE + 1501), SIZE))
                .hasSize(1);
    }

    @Test
    void increments_that_overlap_after_a_restart_make_one_segment() throws Exception {
        byte[] bytes = SampleBackup.segment(5);
        for (int[] cuts : new int[][] {{1000, 5000}, {3000, 4000}, {5000, 7000}}) {
            try (WalSegmentWriter segment = wal.begin(1, 5, SIZE)) {
                segment.write(0, bytes, 0, cuts[0]);
                segment.saveIncrement();
                segment.write(cuts[0], bytes, cuts[0], cuts[1] - cuts[0]);
                segment.saveIncrement();
            }
        }
        assertThat(read(5)).isEqualTo(Arrays.copyOf(Arrays.copyOf(bytes, 7000), SIZE));
    }

    @Test
    void log_is_compared_with_what_is_stored_as_far_as_both_reach() throws Exception {
        byte[] bytes = SampleBackup.segment(5);
        assertThat(wal.comparison(1, 5, SIZE, SIZE).wanted()).isZero();
        begin(bytes, 1000);
        assertThat(wal.comparison(1, 5, SIZE, 999).wanted()).isEqualTo(500);

        WalComparison same = wal.comparison(1, 5, SIZE, SIZE);
        same.take(bytes, 0, 700);
        assertThat(same.reach()).isEqualTo(500);
        same.take(bytes, 700, 300);
        assertThat(same.wanted()).isEqualTo(1000);
        assertThat(same.reach()).isEqualTo(1000);
        assertThat(same.compared()).isEqualTo(1000);

        byte[] other = bytes.clone();
        other[999]++;
        WalComparison different = wal.comparison(1, 5, SIZE, SIZE);
        assertThatThrownBy(() -> different.take(other, 0, 1000))
                .isInstanceOfSatisfying(
                        RepositoryException.Conflict.class,
                        it -> assertThat(it.isOfContent()).isTrue());

        complete(5, bytes);
        WalComparison whole = wal.comparison(1, 5, SIZE, SIZE);
        assertThat(whole.wanted()).isEqualTo(SIZE);
        other[SIZE - 1]++;
        other[999]--;
        assertThatThrownBy(() -> whole.take(other, 0, SIZE)).isInstanceOf(RepositoryException.Conflict.class);
        assertThat(wal.comparison(1, 5, SIZE, SIZE - 1).wanted()).isEqualTo(1000);
    }

    private void begin(byte[] bytes, int saved) throws Exception {
        try (WalSegmentWriter segment = wal.begin(1, 5, SIZE)) {
            segment.write(0, bytes, 0, saved / 2);
            segment.saveIncrement();
            segment.write(saved / 2, bytes, saved / 2, saved - saved / 2);
            segment.saveIncrement();
        }
    }

    @Test
    void who_goes_on_with_a_segment_stores_what_is_new_of_the_same_log() throws Exception {
        byte[] bytes = SampleBackup.segment(5);
        begin(bytes, 1000);
        long before = objects();

        try (WalSegmentWriter segment = wal.begin(1, 5, SIZE)) {
            segment.resume();
            segment.write(0, bytes, 0, 900);
            segment.saveIncrement();
            segment.write(900, bytes, 900, 100);
            segment.saveIncrement();
            assertThat(objects()).isEqualTo(before);
            segment.write(1000, bytes, 1000, 1);
            segment.saveIncrement();
            assertThat(objects()).isEqualTo(before + 1);
            segment.write(1001, bytes, 1001, SIZE - 1001);
            segment.finish();
        }
        try (WalSegmentWriter again = wal.begin(1, 5, SIZE)) {
            again.resume();
            again.write(0, bytes, 0, SIZE);
            again.finish();
        }

        assertThat(read(5)).isEqualTo(bytes);
    }

    @Test
    void who_goes_on_with_another_log_is_refused_before_anything_of_it_is_stored() throws Exception {
        byte[] bytes = SampleBackup.segment(5);
        begin(bytes, 1000);
        byte[] other = bytes.clone();
        other[700]++;
        long before = objects();

        try (WalSegmentWriter segment = wal.begin(1, 5, SIZE)) {
            segment.resume();
            segment.write(0, other, 0, 999);
            segment.saveIncrement();
            assertThatThrownBy(() -> segment.write(999, other, 999, 500))
                    .isInstanceOfSatisfying(
                            RepositoryException.Conflict.class,
                            conflict -> assertThat(conflict.isOfContent()).isTrue());
        }

        assertThat(objects()).isEqualTo(before);
    }

    @Test
    void a_whole_segment_that_is_there_is_compared_too() throws Exception {
        byte[] bytes = SampleBackup.segment(5);
        complete(5, bytes);
        byte[] other = bytes.clone();
        other[SIZE - 1]++;

        try (WalSegmentWriter segment = wal.begin(1, 5, SIZE)) {
            segment.resume();
            segment.write(0, other, 0, SIZE);
            assertThatThrownBy(segment::finish).isInstanceOf(RepositoryException.Conflict.class);
        }
    }

    private long objects() throws Exception {
        long count = 0;
        for (ObjectStore.Listing listing = store.list(""); listing.hasNext(); listing.next()) {
            count++;
        }
        return count;
    }

    @Test
    void increments_do_not_stand_for_a_segment_with_later_ones_behind_it() throws Exception {
        try (WalSegmentWriter segment = wal.begin(1, 5, SIZE)) {
            segment.write(0, new byte[100], 0, 100);
            segment.saveIncrement();
        }
        complete(6, SampleBackup.segment(6));

        assertThatThrownBy(() -> read(5))
                .isInstanceOf(RepositoryException.NotFound.class)
                .hasMessageContaining("more of it is needed");
        assertThat(wal.covers(1, new Lsn(5L * SIZE), new Lsn(6L * SIZE + 1), SIZE))
                .containsExactly(WalSegmentName.of(1, 5, SIZE));
    }

    @Test
    void increments_stand_for_the_end_of_a_stretch_whatever_was_stored_later() throws Exception {
        byte[] bytes = SampleBackup.segment(5);
        try (WalSegmentWriter segment = wal.begin(1, 5, SIZE)) {
            segment.write(0, bytes, 0, 100);
            segment.saveIncrement();
        }
        complete(6, SampleBackup.segment(6));
        WalSegmentName name = WalSegmentName.of(1, 5, SIZE);

        try (InputStream in = wal.openUntil(name, new Lsn(5L * SIZE + 100))) {
            assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOf(Arrays.copyOf(bytes, 100), SIZE));
        }
        assertThatThrownBy(() -> wal.openUntil(name, new Lsn(5L * SIZE + 101)))
                .isInstanceOf(RepositoryException.NotFound.class);
        assertThatThrownBy(() -> wal.openUntil(name, new Lsn(6L * SIZE + 1)))
                .isInstanceOf(RepositoryException.NotFound.class);
    }

    @Test
    void the_complete_segment_wins_over_its_increments() throws Exception {
        byte[] bytes = SampleBackup.segment(5);
        try (WalSegmentWriter segment = wal.begin(1, 5, SIZE)) {
            segment.write(0, bytes, 0, 100);
            segment.saveIncrement();
            segment.write(100, bytes, 100, SIZE - 100);
            segment.finish();
        }
        assertThat(read(5)).isEqualTo(bytes);
    }

    @Test
    void a_gap_is_seen_wherever_it_is() throws Exception {
        for (long number : new long[] {2, 3, 5, 6}) {
            complete(number, SampleBackup.segment(number));
        }
        assertThat(wal.covers(1, new Lsn(2L * SIZE + 5), new Lsn(4L * SIZE), SIZE))
                .isEmpty();
        assertThat(wal.covers(1, new Lsn(2L * SIZE), new Lsn(7L * SIZE), SIZE))
                .containsExactly(WalSegmentName.of(1, 4, SIZE));
        assertThat(wal.covers(1, new Lsn(SIZE), new Lsn(8L * SIZE), SIZE))
                .containsExactly(
                        WalSegmentName.of(1, 1, SIZE), WalSegmentName.of(1, 4, SIZE), WalSegmentName.of(1, 7, SIZE));
        assertThat(wal.covers(2, new Lsn(2L * SIZE), new Lsn(3L * SIZE), SIZE)).hasSize(1);
    }

    @Test
    void history_files_are_kept_by_timeline() throws Exception {
        byte[] history = "1\t0/3000000\tno recovery target specified\n".getBytes(StandardCharsets.US_ASCII);
        wal.putHistory(2, history);
        wal.putHistory(2, history);

        assertThat(wal.history(2)).hasValueSatisfying(found -> assertThat(found).isEqualTo(history));
        assertThat(wal.history(3)).isEmpty();
        assertThatThrownBy(() -> wal.putHistory(2, new byte[] {1})).isInstanceOf(RepositoryException.Conflict.class);
    }

    @Test
    void a_place_without_a_cluster_has_no_wal() throws Exception {
        Repository repository = Repository.openOrInitialise(store, new UUID(1, 2));
        assertThatThrownBy(
                        () -> repository.at(SampleBackup.TARGET, Place.LOGICAL).wal(work))
                .isInstanceOf(IllegalStateException.class);
    }
}

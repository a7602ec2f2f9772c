package io.holdfast.repository.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.SampleBackup;
import io.holdfast.repository.map.FrameDigest;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.PackName;
import io.holdfast.repository.map.PageHashes;
import io.holdfast.repository.map.Run;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.MeteredStore;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FrameWindowTest {
    private static final PlaceLayout LAYOUT = new PlaceLayout(SampleBackup.TARGET, SampleBackup.CLUSTER);
    private static final int STORED = 100;

    private final MeteredStore store = new MeteredStore(new MemoryObjectStore());
    /** Two requests: frames of different packs never come together. */
    private final List<Run> runs = List.of(run(0, 0), run(0, 1), new Run.Zeros(1), run(1, 0), run(1, 1));

    @BeforeEach
    void twoPacks() throws Exception {
        for (int pack = 0; pack < 2; pack++) {
            store.putIfAbsent(LAYOUT.pack(name(pack)), new byte[2 * STORED]);
        }
    }

    @Test
    void what_follows_is_fetched_while_the_first_frames_are_used() throws Exception {
        FrameWindow window;
        try (ReadAhead ahead = new ReadAhead(1)) {
            window = new FrameWindow(store, LAYOUT, ahead);

            // when only the first frame is asked for
            assertThat(get(window, 0)).isInstanceOf(FrameWindow.Found.Good.class);
        }

        // then all was read by two requests, and nothing is read again
        assertThat(store.packReads()).isEqualTo(2);
        for (int run : new int[] {1, 3, 4}) {
            assertThat(get(window, run)).isInstanceOf(FrameWindow.Found.Good.class);
        }
        assertThat(store.packReads()).isZero();
    }

    @Test
    void nothing_is_fetched_behind_the_last_frame_that_is_wanted() throws Exception {
        try (ReadAhead ahead = new ReadAhead(1)) {
            List<Run> wanted = List.of(runs.get(0), runs.get(1), new Run.Zeros(1), new Run.Zeros(2));
            new FrameWindow(store, LAYOUT, ahead).get(wanted, 0, ((Run.Stored) wanted.getFirst()).frame());
        }

        assertThat(store.packBytes()).isEqualTo(2 * STORED);
    }

    @Test
    void a_store_that_goes_away_is_noticed_by_whoever_needs_its_bytes() throws Exception {
        try (ReadAhead ahead = new ReadAhead(1)) {
            FrameWindow window = new FrameWindow(store, LAYOUT, ahead);
            store.goAwayAfter(1);

            assertThat(get(window, 0)).isInstanceOf(FrameWindow.Found.Good.class);
            assertThat(get(window, 1)).isInstanceOf(FrameWindow.Found.Good.class);
            assertThatThrownBy(() -> get(window, 3)).isInstanceOf(RepositoryException.Unavailable.class);
        }
    }

    @Test
    void frames_that_are_asked_for_out_of_order_are_the_right_ones() throws Exception {
        try (ReadAhead ahead = new ReadAhead(1)) {
            FrameWindow window = new FrameWindow(store, LAYOUT, ahead);

            for (int run : new int[] {0, 4, 1, 3, 0}) {
                FrameWindow.Found found = get(window, run);

                int expected = run % 3 * STORED;
                assertThat(found)
                        .isInstanceOfSatisfying(
                                FrameWindow.Found.Good.class,
                                good -> assertThat(good.stored().length - good.from())
                                        .isEqualTo(2 * STORED - expected));
            }
        }
    }

    private FrameWindow.Found get(FrameWindow window, int run) throws RepositoryException {
        return window.get(runs, run, ((Run.Stored) runs.get(run)).frame());
    }

    private static Run run(int pack, int number) {
        return new Run.Stored(
                new FrameReference(
                        name(pack), (long) number * STORED, STORED, FrameReference.PAGE, new FrameDigest(pack, number)),
                0,
                PageHashes.of(1));
    }

    private static PackName name(int pack) {
        return new PackName(new BackupId("b1"), new AttemptId("a1"), pack);
    }
}

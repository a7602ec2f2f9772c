package io.holdfast.backup.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.wal.WalSegmentWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentUploadsTest {
    private static final Lsn END = Lsn.parse("0/2000000");

    private final List<Lsn> confirmed = new ArrayList<>();

    @Test
    void all_is_idle_once_it_is_durable_and_confirmed() throws Exception {
        try (SegmentUploads uploads = new SegmentUploads(Runnable::run, confirmed::add)) {
            uploads.give(new Segment(true), END);

            assertThat(uploads.isIdle()).isTrue();
            assertThat(confirmed).containsExactly(END);
        }
    }

    @Test
    void what_failed_is_not_under_way_any_more_but_nobody_takes_that_for_idle() throws Exception {
        try (SegmentUploads uploads = new SegmentUploads(Runnable::run, confirmed::add)) {
            uploads.give(new Segment(false), END);

            assertThatThrownBy(uploads::isIdle).isInstanceOf(RepositoryException.Unavailable.class);
            assertThat(confirmed).isEmpty();
        }
    }

    @Test
    void what_could_not_be_confirmed_is_not_idle_either() throws Exception {
        SegmentUploads.Confirmation away = end -> {
            throw new IOException("the server is away");
        };
        try (SegmentUploads uploads = new SegmentUploads(Runnable::run, away)) {
            uploads.give(new Segment(true), END);

            assertThatThrownBy(uploads::isIdle).hasMessage("the server is away");
        }
    }

    /** A whole segment, which can be stored or not. */
    private record Segment(boolean storable) implements WalSegmentWriter {
        @Override
        public WalSegmentName name() {
            return new WalSegmentName("000000010000000000000001");
        }

        @Override
        public void write(int position, byte[] bytes, int offset, int length) {
            throw new IllegalStateException("it is whole");
        }

        @Override
        public int written() {
            return 1 << 24;
        }

        @Override
        public void resume() {}

        @Override
        public Lsn saveIncrement() {
            throw new IllegalStateException("it is whole");
        }

        @Override
        public void finish() throws RepositoryException {
            if (!storable) {
                throw new RepositoryException.Unavailable("the store is away.", "wait.", null);
            }
        }

        @Override
        public void close() {}
    }
}

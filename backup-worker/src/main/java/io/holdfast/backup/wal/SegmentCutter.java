package io.holdfast.backup.wal;

import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalSegmentWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Cuts a stream of the log into segments of an archive. For one thread, but for {@link #received}. */
public final class SegmentCutter implements AutoCloseable {
    private final WalArchive archive;
    private final int timeline;
    private final int segmentSize;
    private final Complete complete;
    private volatile Lsn received;
    private Lsn resumedUntil = Lsn.ZERO;
    private @Nullable WalSegmentWriter open;

    /** What becomes of a segment that has all of its bytes. */
    @FunctionalInterface
    public interface Complete {
        /**
         * Takes the segment over, also for closing it.
         *
         * @param end behind its last byte
         */
        void take(WalSegmentWriter segment, Lsn end) throws IOException;
    }

    /** Begins at {@code from}, the first byte of a segment. */
    public SegmentCutter(WalArchive archive, int timeline, Lsn from, int segmentSize, Complete complete) {
        this.archive = archive;
        this.timeline = timeline;
        this.segmentSize = segmentSize;
        this.complete = complete;
        this.received = from;
    }

    /** Up to where the log has arrived. */
    public Lsn received() {
        return received;
    }

    /** Whether nothing of a segment has arrived that is not complete. */
    public boolean isAtBound() {
        return open == null;
    }

    /** Takes the bytes that follow on those before. */
    public void take(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            int offset = received.segmentOffset(segmentSize);
            WalSegmentWriter segment = open == null ? begin() : open;
            int length = Math.min(bytes.remaining(), segmentSize - offset);
            segment.write(offset, bytes.array(), bytes.arrayOffset() + bytes.position(), length);
            bytes.position(bytes.position() + length);
            received = received.plus(length);
            if (offset + length == segmentSize) {
                open = null;
                complete.take(segment, received);
            }
        }
    }

    private WalSegmentWriter begin() throws IOException {
        WalSegmentWriter begun = archive.begin(timeline, received.segmentNumber(segmentSize), segmentSize);
        open = begun;
        if (received.compareTo(resumedUntil) < 0) {
            begun.resume();
        }
        return begun;
    }

    /**
     * Of segments that begin before this position others may have stored something: it is compared with what arrives, and
     * not stored again. To be said before the first byte.
     */
    public void resumeUntil(Lsn position) {
        resumedUntil = position;
    }

    /** Makes what there is of the segment that is not complete durable. */
    public void saveIncrement() throws IOException {
        if (open != null) {
            open.saveIncrement();
        }
    }

    @Override
    public void close() {
        if (open != null) {
            open.close();
            open = null;
        }
    }
}

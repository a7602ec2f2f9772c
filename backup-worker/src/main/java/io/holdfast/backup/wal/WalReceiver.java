package io.holdfast.backup.wal;

import io.holdfast.backup.replication.FailureCause;
import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.backup.replication.WalEvent;
import io.holdfast.backup.replication.WalStream;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalSegmentWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a stream of the log into an archive, segment by segment, until all up to a given position is durable. One thread
 * calls {@link #run}; the others may be called by any.
 */
final class WalReceiver {
    private final WalStream stream;
    private final WalArchive archive;
    private final int timeline;
    private final int segmentSize;
    private volatile @Nullable Lsn stop;
    private volatile boolean incrementSuffices;
    private volatile Lsn received;
    private @Nullable WalSegmentWriter segment;

    /** Receives a stream that begins at {@code from}, the first byte of a segment. */
    WalReceiver(WalStream stream, WalArchive archive, int timeline, Lsn from, int segmentSize) {
        this.stream = stream;
        this.archive = archive;
        this.timeline = timeline;
        this.segmentSize = segmentSize;
        this.received = from;
    }

    /** Up to where the log has arrived. */
    Lsn received() {
        return received;
    }

    /** The log is needed up to here; the segment that holds this position is waited for as a whole. */
    void stopAt(Lsn position) throws ReplicationException {
        stop = position;
        stream.askForAnswer();
    }

    /** Of the last segment, what there is up to the position to stop at will do. */
    void settleForIncrement() throws ReplicationException {
        incrementSuffices = true;
        stream.askForAnswer();
    }

    /**
     * Receives until everything needed is durable.
     *
     * @return up to where the log is durable
     */
    Lsn run() throws IOException {
        try {
            while (true) {
                switch (stream.next()) {
                    case WalEvent.Data data -> take(data.bytes());
                    case WalEvent.Keepalive keepalive -> answer(keepalive);
                    case WalEvent.TimelineEnd end -> throw promoted(end);
                    case WalEvent.Stopped ignored -> throw new IllegalStateException("nobody asked for the end yet");
                }
                if (isComplete()) {
                    return received;
                }
            }
        } finally {
            if (segment != null) {
                segment.close();
            }
        }
    }

    /** A server that is shutting down waits for the confirmation of its last bytes: they are made durable at once. */
    private void answer(WalEvent.Keepalive keepalive) throws IOException {
        if (keepalive.replyRequested()) {
            WalSegmentWriter open = segment;
            stream.confirm(open == null ? received : open.saveIncrement());
        }
    }

    private void take(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            int offset = received.segmentOffset(segmentSize);
            WalSegmentWriter open = segment;
            if (open == null) {
                open = archive.begin(timeline, received.segmentNumber(segmentSize), segmentSize);
                segment = open;
            }
            int length = Math.min(bytes.remaining(), segmentSize - offset);
            open.write(offset, bytes.array(), bytes.arrayOffset() + bytes.position(), length);
            bytes.position(bytes.position() + length);
            received = received.plus(length);
            if (offset + length == segmentSize) {
                open.finish();
                open.close();
                segment = null;
                stream.confirm(received);
            }
        }
    }

    private boolean isComplete() throws IOException {
        Lsn end = stop;
        if (end == null || received.compareTo(end) < 0) {
            return false;
        }
        // The last byte needed lies before the end; under load the stream has long gone on to later segments.
        boolean lastIsWhole = received.segmentNumber(segmentSize) > end.plus(-1).segmentNumber(segmentSize);
        if (lastIsWhole) {
            return true;
        }
        WalSegmentWriter open = segment;
        if (incrementSuffices && open != null) {
            stream.confirm(open.saveIncrement());
            return true;
        }
        return false;
    }

    private static ReplicationException promoted(WalEvent.TimelineEnd end) {
        return ReplicationException.of(
                FailureCause.TIMELINE_ENDED,
                "The source's timeline ended at " + end.nextStart() + " in mid-backup; timeline "
                        + Integer.toUnsignedString(end.nextTimeline()) + " follows.",
                "The source was promoted, or follows a promoted server now; begin the backup again.");
    }
}

package io.holdfast.backup.wal;

import io.holdfast.backup.replication.FailureCause;
import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.backup.replication.WalEvent;
import io.holdfast.backup.replication.WalStream;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalSegmentWriter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes a stream of the log into an archive, segment by segment, until all up to a given position is durable. One thread
 * calls {@link #run}; the others may be called by any.
 */
final class WalReceiver {
    private final WalStream stream;
    private final SegmentCutter segments;
    private final int segmentSize;
    private volatile @Nullable Lsn stop;
    private volatile boolean incrementSuffices;

    /** Receives a stream that begins at {@code from}, the first byte of a segment. */
    WalReceiver(WalStream stream, WalArchive archive, int timeline, Lsn from, int segmentSize) {
        this.stream = stream;
        this.segments = new SegmentCutter(archive, timeline, from, segmentSize, this::finish);
        this.segmentSize = segmentSize;
    }

    /** Up to where the log has arrived. */
    Lsn received() {
        return segments.received();
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
                    case WalEvent.Data data -> segments.take(data.bytes());
                    case WalEvent.Keepalive keepalive -> answer(keepalive);
                    case WalEvent.TimelineEnd end -> throw promoted(end);
                    case WalEvent.Stopped ignored -> throw new IllegalStateException("nobody asked for the end yet");
                }
                if (isComplete()) {
                    return received();
                }
            }
        } finally {
            segments.close();
        }
    }

    /** A server that is shutting down waits for the confirmation of its last bytes: they are made durable at once. */
    private void answer(WalEvent.Keepalive keepalive) throws IOException {
        if (keepalive.replyRequested()) {
            segments.saveIncrement();
            stream.confirm(received());
        }
    }

    private void finish(WalSegmentWriter segment, Lsn end) throws IOException {
        try (segment) {
            segment.finish();
        }
        stream.confirm(end);
    }

    private boolean isComplete() throws IOException {
        Lsn end = stop;
        Lsn received = received();
        if (end == null || received.compareTo(end) < 0) {
            return false;
        }
        // The last byte needed lies before the end; under load the stream has long gone on to later segments.
        boolean lastIsWhole = received.segmentNumber(segmentSize) > end.plus(-1).segmentNumber(segmentSize);
        if (lastIsWhole) {
            return true;
        }
        if (incrementSuffices && !segments.isAtBound()) {
            segments.saveIncrement();
            stream.confirm(received);
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

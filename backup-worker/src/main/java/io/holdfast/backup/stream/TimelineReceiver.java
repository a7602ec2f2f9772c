package io.holdfast.backup.stream;

import io.holdfast.backup.replication.WalEvent;
import io.holdfast.backup.replication.WalStream;
import io.holdfast.backup.wal.SegmentCutter;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalSegmentWriter;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Receives one timeline until it ends: complete segments are stored beside receiving, what a quiet server wrote of the next
 * one as increments. Nothing is confirmed to the server before it is durable. One thread.
 */
final class TimelineReceiver implements AutoCloseable {
    /**
     * Segments of one stream that are stored at the same time, while the next one is received. No more than one: were a later
     * segment there and this one lost, the increments of this one that were confirmed before would not count as the log's end.
     */
    private static final int UPLOADS = 1;

    private final WalStream stream;
    private final int timeline;
    private final Duration incrementAfter;
    private final Presence presence;
    private final Progress progress;
    private final SegmentUploads uploads;
    private final SegmentCutter segments;
    private Lsn durable;
    private Lsn serverEnd;
    /** Since when the byte at {@link #oldestUnsaved} waits to be stored. */
    private long unsavedSince;

    private @Nullable Lsn oldestUnsaved;

    /** Makes sure that what was stored lies in the repository that is meant. */
    @FunctionalInterface
    interface Presence {
        void require() throws IOException;
    }

    /** Hears how far it is; from several threads. */
    interface Progress {
        /** The server said that its log reaches up to {@code end}; {@code reached}: that nothing is on its way here. */
        void server(Lsn end, Instant time, boolean reached);

        /**
         * Everything before is durable.
         *
         * @param completed segments that were completed with it
         */
        void durable(int timeline, Lsn position, int completed);

        /** Called at least about once a second, on the receiving thread. */
        void passed() throws IOException;
    }

    /** Begins at {@code from}, the first byte of a segment. */
    TimelineReceiver(
            WalStream stream,
            WalArchive archive,
            int timeline,
            Lsn from,
            int segmentSize,
            Executor threads,
            Duration incrementAfter,
            Presence presence,
            Progress progress) {
        this.stream = stream;
        this.timeline = timeline;
        this.incrementAfter = incrementAfter;
        this.presence = presence;
        this.progress = progress;
        this.durable = from;
        this.serverEnd = from;
        this.uploads = new SegmentUploads(threads, UPLOADS, this::completed);
        this.segments = new SegmentCutter(archive, timeline, from, segmentSize, this::store);
    }

    /**
     * Receives.
     *
     * @param stopped asked about once a second; then what has arrived is made durable, and the end is empty
     */
    Optional<WalEvent.TimelineEnd> run(BooleanSupplier stopped) throws IOException {
        segments.resume();
        while (true) {
            switch (stream.next()) {
                case WalEvent.Data data -> {
                    note(data.serverEnd(), data.serverTime());
                    segments.take(data.bytes());
                }
                case WalEvent.Keepalive keepalive -> {
                    note(keepalive.serverEnd(), keepalive.serverTime());
                    if (keepalive.replyRequested()) {
                        // A server that shuts down waits for the confirmation of its last bytes.
                        saveAll();
                    }
                }
                case WalEvent.TimelineEnd end -> {
                    saveAll();
                    return Optional.of(end);
                }
                case WalEvent.Stopped ignored -> throw new IllegalStateException("nobody asked for the end");
            }
            uploads.throwIfFailed();
            saveIfDue();
            if (stopped.getAsBoolean()) {
                saveAll();
                return Optional.empty();
            }
            progress.passed();
        }
    }

    private void note(Lsn end, Instant time) {
        if (end.compareTo(serverEnd) > 0) {
            serverEnd = end;
        }
        // While more is on its way, a keepalive tells how far the server has sent, not how far it has written.
        progress.server(serverEnd, time, end.equals(serverEnd));
    }

    private void saveIfDue() throws IOException {
        Lsn stored = durable();
        if (segments.received().equals(stored)) {
            oldestUnsaved = null;
            return;
        }
        if (!stored.equals(oldestUnsaved)) {
            oldestUnsaved = stored;
            unsavedSince = System.nanoTime();
        }
        // With complete segments on their way, those go first: their increments would be of no use.
        if (uploads.isIdle() && System.nanoTime() - unsavedSince >= incrementAfter.toNanos()) {
            saveIncrement();
        }
    }

    private void saveAll() throws IOException {
        uploads.awaitAll();
        if (!segments.received().equals(durable())) {
            saveIncrement();
        } else {
            stream.confirm(segments.received());
        }
    }

    private void store(WalSegmentWriter segment, Lsn end) throws IOException {
        try {
            presence.require();
        } catch (IOException | RuntimeException e) {
            segment.close();
            throw e;
        }
        uploads.give(segment, end);
    }

    private void saveIncrement() throws IOException {
        presence.require();
        segments.saveIncrement();
        confirm(segments.received(), 0);
    }

    private void completed(Lsn end, int count) throws IOException {
        confirm(end, count);
    }

    // Looked at before, so that nothing is written into an empty folder; and after, so that it counts.
    private synchronized void confirm(Lsn position, int completed) throws IOException {
        presence.require();
        durable = position;
        progress.durable(timeline, position, completed);
        stream.confirm(position);
    }

    private synchronized Lsn durable() {
        return durable;
    }

    /** Ends storing what is under way; nothing is confirmed any more. */
    @Override
    public void close() {
        uploads.close();
        segments.close();
        stream.close();
    }
}

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
    private final WalStream stream;
    private final Stretch stretch;
    private final Duration incrementAfter;
    private final Presence presence;
    private final Progress progress;
    private final SegmentUploads uploads;
    private final SegmentCutter segments;
    private Lsn durable;
    private Lsn serverEnd;

    /** What the server's clock said with what it sent before. */
    private @Nullable Instant saidBefore;

    /** Since when the byte at {@link #oldestUnsaved} waits to be stored. */
    private long unsavedSince;

    private @Nullable Lsn oldestUnsaved;
    private boolean mended;

    /** Makes sure that what was stored lies in the repository that is meant. */
    @FunctionalInterface
    interface Presence {
        void require() throws IOException;
    }

    /** Hears how far it is; from several threads. */
    interface Progress {
        /** The server said that its log reaches up to {@code end}. */
        void server(Lsn end, Instant time);

        /** Whatever was committed until then, by the server's clock, lies before {@code end}. */
        void committed(Instant until, Lsn end);

        /**
         * Everything before is durable.
         *
         * @param completed segments that were completed with it
         */
        void durable(Lsn position, int completed);

        /** Called at least about once a second, on the receiving thread. */
        void passed() throws IOException;
    }

    /**
     * What is received.
     *
     * @param from the first byte of a segment
     * @param durable up to here it is stored already: it is compared with what arrives, and neither stored again nor confirmed
     * @param kept the first byte that the server's slot keeps; nothing before it is confirmed, since that would move the slot back
     */
    record Stretch(int timeline, Lsn from, Lsn durable, Lsn kept, int segmentSize) {}

    /** Begins a stretch. */
    TimelineReceiver(
            WalStream stream,
            WalArchive archive,
            Stretch stretch,
            Executor threads,
            Duration incrementAfter,
            Presence presence,
            Progress progress) {
        this.stream = stream;
        this.stretch = stretch;
        this.incrementAfter = incrementAfter;
        this.presence = presence;
        this.progress = progress;
        Lsn from = stretch.from();
        this.durable = stretch.durable().compareTo(from) > 0 ? stretch.durable() : from;
        this.serverEnd = from;
        this.uploads = new SegmentUploads(threads, this::confirm);
        this.segments = new SegmentCutter(archive, stretch.timeline(), from, stretch.segmentSize(), this::store);
        // In the segment that comes next somebody else may have stored something, too.
        segments.resumeUntil(durable.plus(1));
    }

    /**
     * Receives.
     *
     * @param stopped asked about once a second; then what has arrived is made durable, and the end is empty
     */
    Optional<WalEvent.TimelineEnd> run(BooleanSupplier stopped) throws IOException {
        while (true) {
            switch (stream.next()) {
                case WalEvent.Data data -> {
                    note(data.serverEnd(), data.serverTime(), true);
                    segments.take(data.bytes());
                }
                case WalEvent.Keepalive keepalive -> {
                    note(keepalive.serverEnd(), keepalive.serverTime(), keepalive.fresh());
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

    /**
     * What was sent just before bears a time at which the log did not reach further than is said now: the server looks how
     * far it reaches after it has sent that, and before it sends this. A keepalive repeats what was sent before; so it counts
     * only if nothing was on its way ({@link WalEvent.Keepalive#fresh}), and where all has arrived that the server spoke of.
     */
    private void note(Lsn end, Instant time, boolean counts) {
        if (end.compareTo(serverEnd) > 0) {
            serverEnd = end;
        }
        progress.server(serverEnd, time);
        if (counts && saidBefore != null && end.equals(serverEnd)) {
            progress.committed(saidBefore, end);
        }
        saidBefore = time;
    }

    private void saveIfDue() throws IOException {
        Lsn stored = durable();
        if (segments.received().compareTo(stored) <= 0) {
            oldestUnsaved = null;
            mendOnce(stored);
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

    /** What was durable and is not there any more is stored again, where it is not complete; nothing is done otherwise. */
    private void mendOnce(Lsn stored) throws IOException {
        if (!mended && segments.received().equals(stored)) {
            mended = true;
            presence.require();
            segments.saveIncrement();
        }
    }

    private void saveAll() throws IOException {
        uploads.awaitAll();
        if (segments.received().compareTo(durable()) > 0) {
            saveIncrement();
        } else {
            confirm(segments.received());
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
        confirm(segments.received());
    }

    // Looked at before, so that nothing is written into an empty folder; and after, so that it counts.
    private synchronized void confirm(Lsn position) throws IOException {
        presence.require();
        if (position.compareTo(durable) < 0) {
            return;
        }
        boolean completed = position.compareTo(durable) > 0 && position.segmentOffset(stretch.segmentSize()) == 0;
        durable = position;
        progress.durable(position, completed ? 1 : 0);
        if (position.compareTo(stretch.kept()) >= 0) {
            stream.confirm(position);
        }
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

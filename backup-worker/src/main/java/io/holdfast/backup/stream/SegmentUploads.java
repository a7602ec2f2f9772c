package io.holdfast.backup.stream;

import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentWriter;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Makes complete segments durable beside the receiving of the next ones, confirmed in their order, and no more of them
 * under way than a given number. After a failure nothing more is confirmed. One thread gives segments; others
 * run them.
 */
final class SegmentUploads implements AutoCloseable {
    private final Executor threads;
    private final int most;
    private final Confirmation confirmation;
    private final Deque<Upload> underWay = new ArrayDeque<>();
    private @Nullable Throwable failure;
    private boolean closed;

    /** Hears up to where everything is durable; from any thread, one at a time. */
    @FunctionalInterface
    interface Confirmation {
        /** All segments that end at or before this are durable. */
        void durable(Lsn end, int segments) throws IOException;
    }

    private static final class Upload {
        private final WalSegmentWriter segment;
        private final Lsn end;
        private boolean running = true;
        private boolean done;

        Upload(WalSegmentWriter segment, Lsn end) {
            this.segment = segment;
            this.end = end;
        }
    }

    /** @param most segments under way at once */
    SegmentUploads(Executor threads, int most, Confirmation confirmation) {
        this.threads = threads;
        this.most = most;
        this.confirmation = confirmation;
    }

    /**
     * Takes over a complete segment; waits while too many are under way.
     *
     * @throws IOException what went wrong with an earlier one
     */
    void give(WalSegmentWriter segment, Lsn end) throws IOException {
        Upload upload = new Upload(segment, end);
        synchronized (this) {
            try {
                awaitFewerThan(most);
            } catch (IOException | RuntimeException e) {
                segment.close();
                throw e;
            }
            underWay.addLast(upload);
        }
        threads.execute(() -> run(upload));
    }

    private void run(Upload upload) {
        try {
            if (isWanted()) {
                upload.segment.finish();
                finished(upload);
            }
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
            if (e instanceof Error error) {
                throw error;
            }
        } finally {
            upload.segment.close();
            ended(upload);
        }
    }

    private synchronized boolean isWanted() {
        return failure == null && !closed;
    }

    private synchronized void finished(Upload upload) throws IOException {
        upload.done = true;
        Lsn end = null;
        int count = 0;
        while (!underWay.isEmpty() && underWay.getFirst().done) {
            end = underWay.removeFirst().end;
            count++;
        }
        if (end != null && !closed) {
            confirm(end, count);
        }
        notifyAll();
    }

    /** A failure is known before anybody can find that nothing is under way. */
    private void confirm(Lsn end, int count) throws IOException {
        try {
            confirmation.durable(end, count);
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
            throw e;
        }
    }

    private synchronized void ended(Upload upload) {
        upload.running = false;
        if (failure != null || closed) {
            underWay.remove(upload);
        }
        notifyAll();
    }

    private synchronized void fail(Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
        notifyAll();
    }

    /**
     * Whether nothing is under way, and all that was given is durable and confirmed.
     *
     * @throws IOException what went wrong, if something did: what failed is not under way any more, and not durable either
     */
    synchronized boolean isIdle() throws IOException {
        throwIfFailed();
        return underWay.isEmpty();
    }

    /** Waits until everything that was given is durable and confirmed. */
    synchronized void awaitAll() throws IOException {
        awaitFewerThan(1);
    }

    /** @throws IOException what went wrong, if something did */
    synchronized void throwIfFailed() throws IOException {
        switch (failure) {
            case null -> {}
            case IOException known -> throw known;
            case RuntimeException fault -> throw fault;
            default -> throw new IOException("a segment could not be stored", failure);
        }
    }

    private void awaitFewerThan(int count) throws IOException {
        throwIfFailed();
        while (underWay.size() >= count) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("interrupted while segments are stored").initCause(e);
            }
            throwIfFailed();
        }
    }

    /** Gives up what has not begun, and waits for what runs; nothing is confirmed any more. */
    @Override
    public void close() {
        boolean interrupted = false;
        synchronized (this) {
            closed = true;
            while (underWay.stream().anyMatch(upload -> upload.running)) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

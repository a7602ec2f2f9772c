package io.holdfast.backup.stream;

import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentWriter;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Makes a complete segment durable beside the receiving of the next one: one at a time, so that they are durable in their
 * order. Were a later segment there and an earlier one lost, increments of the earlier one that were confirmed before would
 * not count as the log's end. After a failure nothing more is confirmed. One thread gives segments; another one runs them.
 */
final class SegmentUploads implements AutoCloseable {
    private final Executor threads;
    private final Confirmation confirmation;
    private boolean underWay;
    private boolean closed;
    private @Nullable Throwable failure;

    /** Hears up to where everything is durable; from any thread, one at a time. */
    @FunctionalInterface
    interface Confirmation {
        /** All segments that end at or before this are durable. */
        void durable(Lsn end) throws IOException;
    }

    SegmentUploads(Executor threads, Confirmation confirmation) {
        this.threads = threads;
        this.confirmation = confirmation;
    }

    /**
     * Takes over a complete segment; waits while the one before is under way.
     *
     * @throws IOException what went wrong with an earlier one
     */
    void give(WalSegmentWriter segment, Lsn end) throws IOException {
        try {
            awaitAll();
        } catch (IOException | RuntimeException e) {
            segment.close();
            throw e;
        }
        begin();
        try {
            threads.execute(() -> run(segment, end));
        } catch (RejectedExecutionException e) {
            segment.close();
            ended();
            throw (IOException) new InterruptedIOException("nobody stores segments any more").initCause(e);
        }
    }

    private void run(WalSegmentWriter segment, Lsn end) {
        try {
            if (isWanted()) {
                segment.finish();
                if (isWanted()) {
                    confirmation.durable(end);
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
            if (e instanceof Error error) {
                throw error;
            }
        } finally {
            segment.close();
            ended();
        }
    }

    private synchronized void begin() {
        underWay = true;
    }

    private synchronized void ended() {
        underWay = false;
        notifyAll();
    }

    private synchronized boolean isWanted() {
        return failure == null && !closed;
    }

    private synchronized void fail(Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
    }

    /**
     * Whether nothing is under way, and all that was given is durable and confirmed.
     *
     * @throws IOException what went wrong, if something did: what failed is not under way any more, and not durable either
     */
    synchronized boolean isIdle() throws IOException {
        throwIfFailed();
        return !underWay;
    }

    /** Waits until everything that was given is durable and confirmed. */
    synchronized void awaitAll() throws IOException {
        while (!isIdle()) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("interrupted while a segment is stored").initCause(e);
            }
        }
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

    /** Gives up what has not begun, and waits for what runs; nothing is confirmed any more. */
    @Override
    public void close() {
        boolean interrupted = false;
        synchronized (this) {
            closed = true;
            while (underWay) {
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

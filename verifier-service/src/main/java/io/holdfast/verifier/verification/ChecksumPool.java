package io.holdfast.verifier.verification;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Runs tasks on a few platform threads, a few ahead and no more. The first failure comes out of the next call. */
final class ChecksumPool implements AutoCloseable {

    private static final int AHEAD = 2;
    private static final long PATIENCE_SECONDS = 30;

    private final ExecutorService executor;
    private final Semaphore free;
    private final int slots;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    ChecksumPool(int threads) {
        this.slots = threads * AHEAD;
        this.free = new Semaphore(slots);
        this.executor = Executors.newFixedThreadPool(
                threads,
                Thread.ofPlatform().daemon().name("verification-checksum-", 0).factory());
    }

    /** Something that reads. */
    @FunctionalInterface
    interface Task {
        void run() throws IOException;
    }

    /** Waits for a free slot. */
    void submit(Task task) throws IOException {
        acquire(1);
        rethrow();
        executor.execute(() -> {
            try {
                task.run();
            } catch (IOException | RuntimeException | Error e) {
                failure.compareAndSet(null, e);
            } finally {
                free.release();
            }
        });
    }

    /** Waits until all is done. */
    void finish() throws IOException {
        acquire(slots);
        free.release(slots);
        rethrow();
    }

    /** Ends what still runs, and waits for that. */
    @Override
    public void close() throws IOException {
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("threads that compute checksums do not end");
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void acquire(int permits) throws InterruptedIOException {
        try {
            free.acquire(permits);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void rethrow() throws IOException {
        Throwable first = failure.get();
        if (first instanceof IOException e) {
            throw e;
        }
        if (first != null) {
            throw new IllegalStateException("computing checksums failed", first);
        }
    }

    private static InterruptedIOException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        InterruptedIOException interrupted = new InterruptedIOException("told to stop");
        interrupted.initCause(cause);
        return interrupted;
    }
}

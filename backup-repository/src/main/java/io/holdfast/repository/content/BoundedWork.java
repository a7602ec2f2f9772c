package io.holdfast.repository.content;

import io.holdfast.repository.RepositoryException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Tasks on a bounded number of platform threads, with a bounded number waiting. The first failure stops the rest and comes
 * out at the next call.
 */
public final class BoundedWork<X extends Exception> implements AutoCloseable {
    /** Enough to keep every thread busy while the next tasks are found. */
    private static final int WAITING_PER_THREAD = 8;

    private final int most;
    private final Semaphore permits;
    private final ExecutorService threads;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    public BoundedWork(String names, int threadCount) {
        ThreadFactory factory = Thread.ofPlatform().daemon().name(names, 0).factory();
        most = threadCount * (1 + WAITING_PER_THREAD);
        permits = new Semaphore(most);
        threads = Executors.newFixedThreadPool(threadCount, factory);
    }

    /** Something to do. */
    @FunctionalInterface
    public interface Task<X extends Exception> {
        void run() throws X;
    }

    /** Adds a task; waits while too many wait already. */
    public void submit(Task<X> task) throws RepositoryException, X {
        acquire(1);
        requireGood();
        threads.execute(() -> {
            try {
                if (failure.get() == null) {
                    task.run();
                }
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            } finally {
                permits.release();
            }
        });
    }

    /** Waits until all tasks are done. */
    public void finish() throws RepositoryException, X {
        acquire(most);
        permits.release(most);
        requireGood();
    }

    private void acquire(int count) throws RepositoryException {
        try {
            permits.acquire(count);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            RepositoryException cause =
                    new RepositoryException.Unavailable("Reading the backup was interrupted.", "run it again.", e);
            failure.compareAndSet(null, cause);
            throw cause;
        }
    }

    private void requireGood() throws X {
        Throwable cause = failure.get();
        if (cause != null) {
            throw BoundedWork.<X>sneak(cause);
        }
    }

    // A task throws only X, a RuntimeException or an Error, so the cast tells the compiler what is so already.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E sneak(Throwable cause) throws E {
        throw (E) cause;
    }

    /** Drops what waits and lets running tasks end. */
    @Override
    public void close() {
        failure.compareAndSet(
                null, new RepositoryException.Unavailable("Reading the backup was ended.", "run it again.", null));
        threads.close();
    }
}

package io.holdfast.repository.write;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Has the locks of objects prolonged that a backup refers to again. Each is a request or two that moves no data, so several
 * are on their way at once; the backup must not be committed before {@link #finish}. For one thread at a time.
 */
final class LockExtensions implements AutoCloseable {
    /** At once; a store that wants fewer slows its requests down by itself. */
    static final int MOST = 16;

    private final ObjectStore store;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Deque<Future<?>> running = new ArrayDeque<>();

    LockExtensions(ObjectStore store) {
        this.store = store;
    }

    /** Begins with one; waits while too many are on their way. */
    void extend(ObjectKey key) throws RepositoryException, InterruptedException {
        if (running.size() == MOST) {
            await(running.remove());
        }
        running.add(threads.submit(() -> {
            store.extendLock(key);
            return key;
        }));
    }

    /** Begins with all whose keys begin so. */
    void extendAll(String prefix) throws RepositoryException, InterruptedException {
        ObjectStore.Listing objects = store.list(prefix);
        while (objects.hasNext()) {
            extend(objects.next().key());
        }
    }

    /** Waits until all are prolonged. */
    void finish() throws RepositoryException, InterruptedException {
        while (!running.isEmpty()) {
            await(running.remove());
        }
    }

    private static void await(Future<?> extension) throws RepositoryException, InterruptedException {
        try {
            extension.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RepositoryException failure) {
                throw failure;
            }
            throw new IllegalStateException("A lock could not be prolonged", e.getCause());
        }
    }

    /** Gives up what is on its way. */
    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}

package io.holdfast.repository.content;

import io.holdfast.repository.RepositoryException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Threads that read what is needed next, while others decompress or hash what is there: so neither the store nor the
 * processors wait for the other. Safe for use by several threads.
 */
public final class ReadAhead implements AutoCloseable {
    private final ExecutorService threads;

    /**
     * Starts no thread yet.
     *
     * @param readers for how many threads is read ahead, each one request at a time
     */
    public ReadAhead(int readers) {
        threads = Executors.newFixedThreadPool(
                readers, Thread.ofPlatform().daemon().name("holdfast-read-", 0).factory());
    }

    /** Something to read. */
    @FunctionalInterface
    public interface Reading<T> {
        T read() throws RepositoryException;
    }

    /** Begins to read. */
    public <T> Coming<T> begin(Reading<T> reading) {
        return new Coming<>(threads.submit(reading::read));
    }

    /** Lets what is being read come to its end. */
    @Override
    public void close() {
        threads.close();
    }

    /** What is being read. */
    public static final class Coming<T> {
        private final Future<T> result;

        private Coming(Future<T> result) {
            this.result = result;
        }

        /** Waits for it; what went wrong comes out here. */
        public T get() throws RepositoryException {
            try {
                return result.get();
            } catch (ExecutionException e) {
                switch (e.getCause()) {
                    case RepositoryException failure -> throw failure;
                    case Error error -> throw error;
                    case RuntimeException failure -> throw failure;
                    case null, default -> throw new IllegalStateException(e);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RepositoryException.Unavailable("Reading the backup was interrupted.", "run it again.", e);
            }
        }
    }
}

package io.holdfast.backup.archive;

import io.holdfast.events.RepositoryId;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** How many files go to each repository at the same time: one that does not answer fills its own places alone. Thread safe. */
final class Places {
    private final int most;
    private final Map<RepositoryId, Semaphore> places = new ConcurrentHashMap<>();

    Places(int most) {
        this.most = most;
    }

    /** Takes a place; false if none became free in time. */
    boolean enter(RepositoryId repository, Duration patience) throws InterruptedException {
        return of(repository).tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Gives a place back. */
    void leave(RepositoryId repository) {
        of(repository).release();
    }

    private Semaphore of(RepositoryId repository) {
        return places.computeIfAbsent(repository, key -> new Semaphore(most));
    }
}

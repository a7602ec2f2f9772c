package io.holdfast.repository.write;

import io.holdfast.repository.RepositoryException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** A part of the parent's map, on its way or there, held in memory until nobody uses it any more. Thread safe. */
final class PartLease {
    private final Future<ParentPart> part;
    private final Runnable release;
    private final AtomicInteger users = new AtomicInteger(1);

    /** A lease with one user. {@code release} runs when there is none any more. */
    PartLease(Future<ParentPart> part, Runnable release) {
        this.part = part;
        this.release = release;
    }

    /** One more user. */
    PartLease share() {
        users.incrementAndGet();
        return this;
    }

    /** One user less. */
    void done() {
        if (users.decrementAndGet() == 0) {
            release.run();
        }
    }

    /** The part; waits for it. */
    ParentPart get() throws RepositoryException, InterruptedException {
        try {
            return part.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RepositoryException failure) {
                throw failure;
            }
            throw new IllegalStateException("A map of the parent could not be read", e.getCause());
        }
    }
}

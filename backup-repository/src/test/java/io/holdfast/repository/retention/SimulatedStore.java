package io.holdfast.repository.retention;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.DeletableStore;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.ObjectUpload;
import io.holdfast.repository.store.PutOutcome;
import io.holdfast.repository.store.StoredObject;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** A store that may lock what it is given, by its own clock, and whose deleter may die at any step. For one thread. */
final class SimulatedStore implements ObjectStore, DeletableStore {
    final MemoryObjectStore objects = new MemoryObjectStore();
    /** What was tried to be deleted although it was locked. */
    final List<ObjectKey> early = new ArrayList<>();

    private final Map<ObjectKey, Instant> locks = new HashMap<>();
    private final Supplier<Instant> clock;
    private final Optional<Duration> lock;
    private int lives = Integer.MAX_VALUE;

    SimulatedStore(Supplier<Instant> clock, Optional<Duration> lock) {
        this.clock = clock;
        this.lock = lock;
    }

    /** After so many deletions the one who deletes is dead. */
    void dieAfter(int deletions) {
        lives = deletions;
    }

    @Override
    public PutOutcome putIfAbsent(ObjectKey key, byte[] content) {
        PutOutcome outcome = objects.putIfAbsent(key, content);
        if (outcome == PutOutcome.CREATED) {
            lock.ifPresent(length -> locks.put(key, clock.get().plus(length)));
        }
        return outcome;
    }

    @Override
    public void extendLock(ObjectKey key) {
        lock.ifPresent(
                length -> locks.merge(key, clock.get().plus(length), (one, other) -> one.isAfter(other) ? one : other));
    }

    @Override
    public Optional<Instant> lockedUntil(ObjectKey key) {
        return Optional.ofNullable(locks.get(key));
    }

    @Override
    public boolean delete(ObjectKey key) throws RepositoryException {
        if (lives-- <= 0) {
            throw new RepositoryException.Unavailable("The process is dead.", "start another.", null);
        }
        Instant until = locks.get(key);
        if (until != null && clock.get().isBefore(until)) {
            early.add(key);
            throw new RepositoryException.Denied("It is locked.", "wait.", null);
        }
        locks.remove(key);
        return objects.delete(key);
    }

    @Override
    public ObjectUpload upload(ObjectKey key) {
        return objects.upload(key);
    }

    @Override
    public InputStream open(ObjectKey key) throws RepositoryException {
        return objects.open(key);
    }

    @Override
    public InputStream open(ObjectKey key, long offset, long length) throws RepositoryException {
        return objects.open(key, offset, length);
    }

    @Override
    public Optional<StoredObject> head(ObjectKey key) {
        return objects.head(key);
    }

    @Override
    public Listing list(String prefix, Optional<ObjectKey> startAfter) {
        return objects.list(prefix, startAfter);
    }

    @Override
    public String describe() {
        return "simulated:";
    }

    @Override
    public void close() {}
}

package io.holdfast.repository.store;

import io.holdfast.repository.RepositoryException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** A store that counts what is read of packs and WAL, and can go away after some reads. */
public final class MeteredStore implements ObjectStore {
    private final ObjectStore store;
    private final AtomicLong packBytes = new AtomicLong();
    private final AtomicLong packReads = new AtomicLong();
    private final AtomicLong walReads = new AtomicLong();
    private final AtomicLong readsLeft = new AtomicLong(Long.MAX_VALUE);

    /** Counts what is read of this one. */
    public MeteredStore(ObjectStore store) {
        this.store = store;
    }

    /** Bytes of packs asked for since the last call. */
    public long packBytes() {
        return packBytes.getAndSet(0);
    }

    /** Requests for bytes of packs since the last call. */
    public long packReads() {
        return packReads.getAndSet(0);
    }

    /** From so many reads of packs on it does not answer. */
    public void goAwayAfter(long reads) {
        readsLeft.set(reads);
    }

    @Override
    public InputStream open(ObjectKey key, long offset, long length) throws RepositoryException {
        if (key.value().contains("/packs/")) {
            if (readsLeft.decrementAndGet() < 0) {
                throw new RepositoryException.Unavailable("the store is away.", "wait.", null);
            }
            packBytes.addAndGet(length);
            packReads.incrementAndGet();
        }
        return store.open(key, offset, length);
    }

    /** Objects of WAL that were opened since the last call. */
    public long walReads() {
        return walReads.getAndSet(0);
    }

    @Override
    public InputStream open(ObjectKey key) throws RepositoryException {
        if (key.value().contains("/wal/")) {
            walReads.incrementAndGet();
        }
        return store.open(key);
    }

    @Override
    public PutOutcome putIfAbsent(ObjectKey key, byte[] content) throws RepositoryException {
        return store.putIfAbsent(key, content);
    }

    @Override
    public ObjectUpload upload(ObjectKey key) throws RepositoryException {
        return store.upload(key);
    }

    @Override
    public Optional<StoredObject> head(ObjectKey key) throws RepositoryException {
        return store.head(key);
    }

    @Override
    public Listing list(String prefix, Optional<ObjectKey> startAfter) throws RepositoryException {
        return store.list(prefix, startAfter);
    }

    @Override
    public String describe() {
        return store.describe();
    }

    @Override
    public void close() {}
}

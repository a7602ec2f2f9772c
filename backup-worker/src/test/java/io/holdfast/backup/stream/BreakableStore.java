package io.holdfast.backup.stream;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.ObjectUpload;
import io.holdfast.repository.store.PutOutcome;
import io.holdfast.repository.store.StoredObject;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A store that can be away for a time, or hang, as a network file system without its server does; or be slow. */
final class BreakableStore implements ObjectStore {
    private final ObjectStore store;
    private final Faults faults;

    BreakableStore(ObjectStore store, Faults faults) {
        this.store = store;
        this.faults = faults;
    }

    /** What is wrong with it just now; from any thread. */
    static final class Faults {
        /** It answers at once that it cannot. */
        final AtomicBoolean away = new AtomicBoolean();
        /** It does not answer until this is over; interrupts change nothing. */
        final AtomicBoolean hangs = new AtomicBoolean();
        /** Each upload takes so much longer, milliseconds. */
        final AtomicInteger slowness = new AtomicInteger();
    }

    private ObjectStore present() throws RepositoryException {
        while (faults.hangs.get()) {
            LockSupport.parkNanos(1_000_000);
            Thread.interrupted();
        }
        if (faults.away.get()) {
            throw new RepositoryException.Unavailable("The store is away.", "wait for it.", null);
        }
        return store;
    }

    @Override
    public PutOutcome putIfAbsent(ObjectKey key, byte[] content) throws RepositoryException {
        return present().putIfAbsent(key, content);
    }

    @Override
    public ObjectUpload upload(ObjectKey key) throws RepositoryException {
        LockSupport.parkNanos(faults.slowness.get() * 1_000_000L);
        return present().upload(key);
    }

    @Override
    public InputStream open(ObjectKey key) throws RepositoryException {
        return present().open(key);
    }

    @Override
    public InputStream open(ObjectKey key, long offset, long length) throws RepositoryException {
        return present().open(key, offset, length);
    }

    @Override
    public Optional<StoredObject> head(ObjectKey key) throws RepositoryException {
        return present().head(key);
    }

    @Override
    public Listing list(String prefix, Optional<ObjectKey> startAfter) throws RepositoryException {
        return present().list(prefix, startAfter);
    }

    @Override
    public void extendLock(ObjectKey key) throws RepositoryException {
        present().extendLock(key);
    }

    @Override
    public String describe() {
        return store.describe();
    }

    @Override
    public void close() throws RepositoryException {
        store.close();
    }
}

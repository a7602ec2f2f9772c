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

/** A store that can be away for a time. */
final class BreakableStore implements ObjectStore {
    private final ObjectStore store;
    private final AtomicBoolean away;

    BreakableStore(ObjectStore store, AtomicBoolean away) {
        this.store = store;
        this.away = away;
    }

    private ObjectStore present() throws RepositoryException {
        if (away.get()) {
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

package io.holdfast.repository.write;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.ObjectUpload;
import io.holdfast.repository.store.PutOutcome;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A store whose writes below some path can be made to fail, or to wait for ever. */
final class FailingStore implements ObjectStore {
    private final MemoryObjectStore store;
    private final CountDownLatch blocked = new CountDownLatch(1);
    private final CountDownLatch never = new CountDownLatch(1);
    private volatile String failing = "";
    private volatile String unreadable = "";
    private volatile String blocking = "";
    private volatile String uploaded = "";
    private volatile Runnable afterUpload = () -> {};
    private volatile @Nullable RepositoryException failure;

    FailingStore(MemoryObjectStore store) {
        this.store = store;
    }

    void failFrom(String part, RepositoryException with) {
        failure = with;
        failing = part;
    }

    /** Fails when objects below {@code part} are read by range. */
    void failReadsFrom(String part, RepositoryException with) {
        failure = with;
        failing = " none ";
        unreadable = part;
    }

    void heal() {
        failure = null;
        unreadable = "";
    }

    void block(String part) {
        blocking = part;
    }

    /** Does something as soon as an object was uploaded. */
    void afterUpload(String part, Runnable action) {
        uploaded = part;
        afterUpload = action;
    }

    void awaitBlocked() throws InterruptedException {
        blocked.await();
    }

    void delete(ObjectKey key) {
        store.delete(key);
    }

    private void check(ObjectKey key) throws RepositoryException {
        RepositoryException now = failure;
        if (now != null && key.value().contains(failing)) {
            throw now;
        }
        if (!blocking.isEmpty() && key.value().contains(blocking)) {
            blocked.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RepositoryException.Unavailable("interrupted", "run it again", e);
            }
        }
    }

    @Override
    public PutOutcome putIfAbsent(ObjectKey key, byte[] content) throws RepositoryException {
        check(key);
        return store.putIfAbsent(key, content);
    }

    @Override
    public ObjectUpload upload(ObjectKey key) throws RepositoryException {
        check(key);
        return new Upload(key, store.upload(key));
    }

    @Override
    public InputStream open(ObjectKey key) throws RepositoryException {
        return store.open(key);
    }

    @Override
    public InputStream open(ObjectKey key, long offset, long length) throws RepositoryException {
        RepositoryException now = failure;
        if (now != null && !unreadable.isEmpty() && key.value().contains(unreadable)) {
            throw now;
        }
        return store.open(key, offset, length);
    }

    @Override
    public Optional<io.holdfast.repository.store.StoredObject> head(ObjectKey key) {
        return store.head(key);
    }

    @Override
    public Listing list(String prefix, Optional<ObjectKey> startAfter) {
        return store.list(prefix, startAfter);
    }

    @Override
    public String describe() {
        return store.describe();
    }

    @Override
    public void close() {}

    private final class Upload implements ObjectUpload {
        private final ObjectKey key;
        private final ObjectUpload upload;

        Upload(ObjectKey key, ObjectUpload upload) {
            this.key = key;
            this.upload = upload;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws RepositoryException {
            upload.write(bytes, offset, length);
        }

        @Override
        public long length() {
            return upload.length();
        }

        @Override
        public PutOutcome commit() throws RepositoryException {
            PutOutcome outcome = upload.commit();
            if (!uploaded.isEmpty() && key.value().contains(uploaded)) {
                afterUpload.run();
            }
            return outcome;
        }

        @Override
        public void close() {
            upload.close();
        }
    }
}

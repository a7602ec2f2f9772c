package io.holdfast.repository.store;

import io.holdfast.repository.RepositoryException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** Objects in memory: for tests and demonstrations. Gone with the process. */
public final class MemoryObjectStore implements ObjectStore, DeletableStore {
    private final NavigableMap<String, byte[]> objects = new ConcurrentSkipListMap<>();

    @Override
    public PutOutcome putIfAbsent(ObjectKey key, byte[] content) {
        return objects.putIfAbsent(key.value(), content.clone()) == null ? PutOutcome.CREATED : PutOutcome.EXISTS;
    }

    @Override
    public ObjectUpload upload(ObjectKey key) {
        return new MemoryUpload(key);
    }

    @Override
    public InputStream open(ObjectKey key) throws RepositoryException {
        return new ByteArrayInputStream(content(key));
    }

    @Override
    public InputStream open(ObjectKey key, long offset, long length) throws RepositoryException {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("Not a range: " + offset + ", " + length);
        }
        byte[] content = content(key);
        int start = (int) Math.min(offset, content.length);
        return new ByteArrayInputStream(content, start, (int) Math.min(length, content.length - start));
    }

    private byte[] content(ObjectKey key) throws RepositoryException {
        byte[] content = objects.get(key.value());
        if (content == null) {
            throw new RepositoryException.NotFound(
                    "There is no object " + key + " in " + describe() + ".", "check the key.");
        }
        return content;
    }

    @Override
    public Optional<StoredObject> head(ObjectKey key) {
        return Optional.ofNullable(objects.get(key.value())).map(content -> new StoredObject(key, content.length));
    }

    @Override
    public Listing list(String prefix, Optional<ObjectKey> startAfter) {
        boolean within = startAfter.isPresent() && startAfter.get().value().compareTo(prefix) >= 0;
        NavigableMap<String, byte[]> behind =
                within ? objects.tailMap(startAfter.get().value(), false) : objects.tailMap(prefix, true);
        return Listing.of(behind.entrySet().stream()
                .takeWhile(entry -> entry.getKey().startsWith(prefix))
                .map(entry -> new StoredObject(new ObjectKey(entry.getKey()), entry.getValue().length))
                .iterator());
    }

    @Override
    public boolean delete(ObjectKey key) {
        return objects.remove(key.value()) != null;
    }

    @Override
    public String describe() {
        return "memory:";
    }

    @Override
    public void close() {}

    private final class MemoryUpload implements ObjectUpload {
        private final ObjectKey key;
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private boolean ended;

        MemoryUpload(ObjectKey key) {
            this.key = key;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            requireOpen();
            written.write(bytes, offset, length);
        }

        @Override
        public long length() {
            return written.size();
        }

        @Override
        public PutOutcome commit() {
            requireOpen();
            ended = true;
            return objects.putIfAbsent(key.value(), written.toByteArray()) == null
                    ? PutOutcome.CREATED
                    : PutOutcome.EXISTS;
        }

        private void requireOpen() {
            if (ended) {
                throw new IllegalStateException("The upload of " + key + " has ended");
            }
        }

        @Override
        public void close() {
            ended = true;
        }
    }
}

package io.holdfast.repository.sweep;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.DeletableStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.ObjectUpload;
import io.holdfast.repository.store.PutOutcome;
import io.holdfast.repository.store.StoredObject;
import java.io.InputStream;
import java.util.Optional;
import java.util.Random;

/**
 * Decides by a seed, at each call to the store, whether a process goes on, sleeps while others go on, or is dead from then
 * on. Safe for use by several threads.
 */
final class Fate {
    private final ObjectStore store;
    private final DeletableStore deletable;
    private final Random random;
    private final double death;
    private final double sleep;
    private long steps;

    Fate(ObjectStore store, DeletableStore deletable, long seed, double death, double sleep) {
        this.store = store;
        this.deletable = deletable;
        this.random = new Random(seed);
        this.death = death;
        this.sleep = sleep;
    }

    /** The store as a new process sees it. */
    Mortal process() {
        return new Mortal();
    }

    final class Mortal implements ObjectStore, DeletableStore {
        private boolean dead;

        boolean isDead() {
            synchronized (Fate.this) {
                return dead;
            }
        }

        private void step() throws RepositoryException {
            synchronized (Fate.this) {
                steps++;
                Fate.this.notifyAll();
                double drawn = random.nextDouble();
                if (dead || drawn < death) {
                    dead = true;
                    throw new RepositoryException.Unavailable("The process is dead.", "start another.", null);
                }
                if (drawn < death + sleep) {
                    sleepFor(1 + random.nextInt(300));
                }
            }
        }

        /** Lets the others make so many steps, or as many as they still make. */
        private void sleepFor(int count) throws RepositoryException {
            long until = steps + count;
            long seen = -1;
            try {
                while (steps < until && seen != steps) {
                    seen = steps;
                    Fate.this.wait(3);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RepositoryException.Unavailable("Interrupted.", "run it again.", e);
            }
        }

        @Override
        public PutOutcome putIfAbsent(ObjectKey key, byte[] content) throws RepositoryException {
            step();
            PutOutcome outcome = store.putIfAbsent(key, content);
            step();
            return outcome;
        }

        @Override
        public ObjectUpload upload(ObjectKey key) throws RepositoryException {
            ObjectUpload upload = store.upload(key);
            return new ObjectUpload() {
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
                    step();
                    PutOutcome outcome = upload.commit();
                    step();
                    return outcome;
                }

                @Override
                public void close() {
                    upload.close();
                }
            };
        }

        @Override
        public InputStream open(ObjectKey key) throws RepositoryException {
            step();
            return store.open(key);
        }

        @Override
        public InputStream open(ObjectKey key, long offset, long length) throws RepositoryException {
            step();
            return store.open(key, offset, length);
        }

        @Override
        public Optional<StoredObject> head(ObjectKey key) throws RepositoryException {
            step();
            return store.head(key);
        }

        @Override
        public Listing list(String prefix, Optional<ObjectKey> startAfter) throws RepositoryException {
            step();
            return store.list(prefix, startAfter);
        }

        @Override
        public boolean delete(ObjectKey key) throws RepositoryException {
            step();
            return deletable.delete(key);
        }

        @Override
        public String describe() {
            return store.describe();
        }

        @Override
        public void close() {}
    }
}

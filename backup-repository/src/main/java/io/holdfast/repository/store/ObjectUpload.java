package io.holdfast.repository.store;

import io.holdfast.repository.RepositoryException;

/**
 * An object being written. Write any number of times, then {@link #commit}; closing without a commit aborts. Not safe for
 * use by several threads, but may be handed from one to another.
 */
public interface ObjectUpload extends AutoCloseable {
    /** Adds bytes. The array may be used again once this returns. */
    void write(byte[] bytes, int offset, int length) throws RepositoryException;

    /** Bytes written so far. */
    long length();

    /**
     * Makes the object durable and visible under its key, unless the key exists by now; then what was written is
     * dropped.
     */
    PutOutcome commit() throws RepositoryException;

    /** Drops what was written, if not committed. Never throws: what cannot be removed stays invisible. */
    @Override
    void close();
}

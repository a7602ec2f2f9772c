package io.holdfast.repository.store;

import io.holdfast.repository.RepositoryException;

/** The right to delete objects: given only to the role that enforces retention, never to those who write backups. */
public interface DeletableStore extends AutoCloseable {
    /**
     * Deletes an object durably.
     *
     * @return whether it was there
     */
    boolean delete(ObjectKey key) throws RepositoryException;

    /** Lets go of connections. */
    @Override
    void close() throws RepositoryException;
}

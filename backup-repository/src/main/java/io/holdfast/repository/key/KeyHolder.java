package io.holdfast.repository.key;

import io.holdfast.repository.RepositoryException;
import java.util.Optional;

/** Somebody who opens wrapped keys. Safe for use by several threads. */
public interface KeyHolder {
    /** Whether it may be able to open what is wrapped for a recipient; asked before {@link #unwrap}. */
    boolean mayOpen(String recipientId);

    /** Whether a service has to be asked, which may be slow, away or gone; who needs none is tried first. */
    default boolean asksService() {
        return false;
    }

    /**
     * Opens a wrapped message.
     *
     * @param context as it was wrapped with
     * @return empty if it is not for this holder
     * @throws RepositoryException if it cannot be told, such as when a key service does not answer
     */
    Optional<byte[]> unwrap(String recipientId, byte[] wrapped, KeyContext context) throws RepositoryException;
}

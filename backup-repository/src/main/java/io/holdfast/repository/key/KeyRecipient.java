package io.holdfast.repository.key;

import io.holdfast.repository.RepositoryException;

/** Somebody for whom keys are wrapped. Safe for use by several threads. */
public interface KeyRecipient {
    /**
     * Tells this recipient from others, in the names of wrapped keys: lower-case ASCII letters, digits and {@code -}, at
     * most 100 characters.
     */
    String id();

    /** Who it is, for people, without secrets: {@code OpenPGP key 0A1B… (Alice <alice@example.org>)}. */
    String describe();

    /**
     * Wraps a message.
     *
     * @throws RepositoryException.Unusable if that cannot be done, such as for a key that has expired
     */
    byte[] wrap(byte[] message) throws RepositoryException;
}

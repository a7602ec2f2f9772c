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
     * @param context what the message is a key of; bound to it where the way of wrapping can do that
     * @throws RepositoryException.Unusable if that cannot be done, such as for a key that has expired
     * @throws RepositoryException if a key service refuses or does not answer
     */
    byte[] wrap(byte[] message, KeyContext context) throws RepositoryException;
}

package io.holdfast.repository.key;

import io.holdfast.repository.RepositoryException;

/**
 * Whoever may decrypt with a key in AWS KMS. To wrap for it, {@code kms:Encrypt} is enough, so a worker need not be able to
 * read what it writes.
 */
public record AwsKmsRecipient(AwsKmsKey key) implements KeyRecipient {
    @Override
    public String id() {
        return key.id();
    }

    @Override
    public String describe() {
        return key.describe();
    }

    @Override
    public byte[] wrap(byte[] message, KeyContext context) throws RepositoryException {
        return key.wrap(message, context);
    }
}

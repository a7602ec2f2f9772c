package io.holdfast.repository.key;

import io.holdfast.repository.RepositoryException;
import java.util.Optional;

/** Somebody who may decrypt with a key in AWS KMS: {@code kms:Decrypt}. */
public record AwsKmsHolder(AwsKmsKey key) implements KeyHolder {
    @Override
    public boolean mayOpen(String recipientId) {
        return recipientId.equals(key.id());
    }

    @Override
    public boolean asksService() {
        return true;
    }

    @Override
    public Optional<byte[]> unwrap(String recipientId, byte[] wrapped, KeyContext context) throws RepositoryException {
        return mayOpen(recipientId) ? Optional.of(key.unwrap(wrapped, context)) : Optional.empty();
    }
}

package io.holdfast.testing;

import io.holdfast.repository.key.KeyContext;
import io.holdfast.repository.key.KeyHolder;
import io.holdfast.repository.key.KeyRecipient;
import io.holdfast.repository.key.RepositoryKeys;
import io.holdfast.repository.seal.SealingKey;
import java.util.List;
import java.util.Optional;

/**
 * Keys for measuring what encryption costs. They protect nothing: the index key is known, and data keys are wrapped by
 * leaving them as they are, since how long that takes, once for each backup, is not what is measured.
 */
public final class MeasuredKeys {
    private static final String NOBODY = "nobody";

    private MeasuredKeys() {}

    /** All keys if {@code encrypted} is among the arguments, or none. */
    public static RepositoryKeys of(List<String> arguments) {
        return arguments.contains("encrypted") ? known() : RepositoryKeys.none();
    }

    private static RepositoryKeys known() {
        return RepositoryKeys.builder()
                .indexKey(new byte[SealingKey.LENGTH])
                .recipient(new Recipient())
                .holder(new Holder())
                .build();
    }

    private record Recipient() implements KeyRecipient {
        @Override
        public String id() {
            return NOBODY;
        }

        @Override
        public String describe() {
            return NOBODY;
        }

        @Override
        public byte[] wrap(byte[] message, KeyContext context) {
            return message.clone();
        }
    }

    private record Holder() implements KeyHolder {
        @Override
        public boolean mayOpen(String recipientId) {
            return recipientId.equals(NOBODY);
        }

        @Override
        public Optional<byte[]> unwrap(String recipientId, byte[] wrapped, KeyContext context) {
            return Optional.of(wrapped.clone());
        }
    }
}

package io.holdfast.repository.key;

import io.holdfast.repository.seal.SealingKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What a process has to seal and to open a repository with. A worker gets recipients and the master index key: it can
 * write backups, and read what it needs for incremental ones, but no page. A verifier gets the master index key alone. A
 * restorer gets whatever opens wrapped keys, such as an OpenPGP secret key; it needs no index key. Shows no secret. Safe
 * for use by several threads.
 */
public final class RepositoryKeys {
    private static final RepositoryKeys NONE = builder().build();

    private final List<SealingKey> masterIndexKeys;
    private final List<KeyRecipient> recipients;
    private final List<KeyHolder> holders;
    private final SecureRandom random;

    private RepositoryKeys(Builder builder) {
        masterIndexKeys = List.copyOf(builder.masterIndexKeys);
        recipients = List.copyOf(builder.recipients);
        holders = builder.holders.stream()
                .sorted(Comparator.comparing(KeyHolder::asksService))
                .toList();
        random = builder.random;
    }

    /** No keys: writes nothing encrypted, and opens nothing that is. */
    public static RepositoryKeys none() {
        return NONE;
    }

    /** Gathers keys. */
    public static Builder builder() {
        return new Builder();
    }

    List<SealingKey> masterIndexKeys() {
        return masterIndexKeys;
    }

    List<KeyRecipient> recipients() {
        return recipients;
    }

    /** Those that ask no service come first. */
    List<KeyHolder> holders() {
        return holders;
    }

    byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** How many there are of each kind. */
    @Override
    public String toString() {
        return "RepositoryKeys[index keys: %d, recipients: %d, holders: %d]"
                .formatted(masterIndexKeys.size(), recipients.size(), holders.size());
    }

    /** Gathers keys. Not safe for use by several threads. */
    public static final class Builder {
        private final List<SealingKey> masterIndexKeys = new ArrayList<>();
        private final List<KeyRecipient> recipients = new ArrayList<>();
        private final List<KeyHolder> holders = new ArrayList<>();
        private SecureRandom random = new SecureRandom();

        private Builder() {}

        /**
         * Adds a master index key. The first seals what is written; others open what was sealed before.
         *
         * @param secret 32 random bytes, copied
         */
        public Builder indexKey(byte[] secret) {
            masterIndexKeys.add(new SealingKey(secret));
            return this;
        }

        /** Adds somebody who shall be able to read what is written. */
        public Builder recipient(KeyRecipient recipient) {
            recipients.add(recipient);
            return this;
        }

        /** Adds somebody who opens wrapped keys. */
        public Builder holder(KeyHolder holder) {
            holders.add(holder);
            return this;
        }

        /** Where keys and salts come from, if not from the platform's default. */
        public Builder random(SecureRandom source) {
            random = source;
            return this;
        }

        /** What was gathered. */
        public RepositoryKeys build() {
            return new RepositoryKeys(this);
        }
    }
}

package io.holdfast.runtime.repository;

import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.key.OpenPgpHolder;
import io.holdfast.repository.key.OpenPgpRecipient;
import io.holdfast.repository.key.Passphrase;
import io.holdfast.repository.key.RepositoryKeys;
import io.holdfast.runtime.secrets.Secret;
import io.holdfast.runtime.secrets.SecretException;
import io.holdfast.runtime.secrets.Secrets;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The keys that a definition names, as much of them as each kind of work needs. Thread safe. */
final class DefinedKeys {
    private final Secrets secrets;
    private final InstantSource clock;

    DefinedKeys(Secrets secrets, InstantSource clock) {
        this.secrets = secrets;
        this.clock = clock;
    }

    /** For making backups: recipients and the index keys. */
    RepositoryKeys toWrite(RepositoryDefined.@Nullable Encryption encryption) throws RepositoryException {
        if (encryption == null) {
            return RepositoryKeys.none();
        }
        RepositoryKeys.Builder keys = withIndexKeys(encryption);
        for (String reference : encryption.openpgpRecipients()) {
            OpenPgpRecipient.parse(bytes(reference), clock).forEach(keys::recipient);
        }
        if (encryption.passphrase() != null) {
            keys.recipient(passphrase(encryption.passphrase()));
        }
        return keys.build();
    }

    /** For verifying: the index keys alone. */
    RepositoryKeys toVerify(RepositoryDefined.@Nullable Encryption encryption) {
        return encryption == null
                ? RepositoryKeys.none()
                : withIndexKeys(encryption).build();
    }

    /**
     * For restoring: private keys and the passphrase, as far as they are here. One of them is enough, and the index key is
     * wrapped in the repository; if none is here, why the first is not is the answer.
     */
    RepositoryKeys toRestore(RepositoryDefined.@Nullable Encryption encryption) throws RepositoryException {
        if (encryption == null) {
            return RepositoryKeys.none();
        }
        RepositoryKeys.Builder keys = RepositoryKeys.builder();
        SecretException missing = null;
        boolean any = false;
        for (String reference : encryption.openpgpSecretKeys()) {
            try {
                byte[] key = bytes(reference);
                keys.holder(OpenPgpHolder.parse(key, lock(encryption)));
                any = true;
            } catch (SecretException e) {
                missing = missing == null ? e : missing;
            }
        }
        if (encryption.passphrase() != null) {
            try {
                keys.holder(passphrase(encryption.passphrase()));
                any = true;
            } catch (SecretException e) {
                missing = missing == null ? e : missing;
            }
        }
        if (!any && missing != null) {
            throw missing;
        }
        return keys.build();
    }

    private char[] lock(RepositoryDefined.Encryption encryption) {
        return Optional.ofNullable(encryption.openpgpPassphrase())
                .map(reference -> secrets.resolve(reference).reveal().toCharArray())
                .orElseGet(() -> new char[0]);
    }

    private Passphrase passphrase(String reference) {
        return new Passphrase(secrets.resolve(reference).reveal().toCharArray());
    }

    private byte[] bytes(String reference) {
        return secrets.resolve(reference).reveal().getBytes(StandardCharsets.UTF_8);
    }

    /** What is written is sealed with the first; what was written before opens with any. */
    private RepositoryKeys.Builder withIndexKeys(RepositoryDefined.Encryption encryption) {
        RepositoryKeys.Builder keys =
                RepositoryKeys.builder().indexKey(indexKey("encryption.index_key", encryption.indexKey()));
        List<String> earlier = encryption.earlierIndexKeys();
        if (earlier != null) {
            earlier.forEach(reference -> keys.indexKey(indexKey("encryption.earlier_index_keys", reference)));
        }
        return keys;
    }

    private byte[] indexKey(String what, String reference) {
        Secret secret = secrets.resolve(reference);
        byte[] key;
        try {
            key = Base64.getDecoder().decode(secret.reveal().strip());
        } catch (IllegalArgumentException e) {
            // The cause is left out: it would quote a character of the key.
            throw new IllegalArgumentException(what + " (" + reference + ") is not Base64");
        }
        if (key.length != 32) {
            throw new IllegalArgumentException(what + " (" + reference + ") has " + key.length + " bytes, not 32");
        }
        return key;
    }
}

package io.holdfast.runtime.repository;

import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.key.AwsKmsHolder;
import io.holdfast.repository.key.AwsKmsKey;
import io.holdfast.repository.key.AwsKmsRecipient;
import io.holdfast.repository.key.KeyHolder;
import io.holdfast.repository.key.OpenPgpHolder;
import io.holdfast.repository.key.OpenPgpRecipient;
import io.holdfast.repository.key.Passphrase;
import io.holdfast.repository.key.RepositoryKeys;
import io.holdfast.repository.store.StoreCredentials;
import io.holdfast.runtime.secrets.Secret;
import io.holdfast.runtime.secrets.SecretException;
import io.holdfast.runtime.secrets.Secrets;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
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
        return withRecipients(encryption, withIndexKeys(encryption)).build();
    }

    private RepositoryKeys.Builder withRecipients(RepositoryDefined.Encryption encryption, RepositoryKeys.Builder keys)
            throws RepositoryException {
        for (String reference : encryption.openpgpRecipients()) {
            OpenPgpRecipient.parse(bytes(reference), clock).forEach(keys::recipient);
        }
        if (encryption.passphrase() != null) {
            keys.recipient(passphrase(encryption.passphrase()));
        }
        RepositoryDefined.AwsKms kms = encryption.awsKms();
        if (kms != null) {
            for (String arn : kms.keys()) {
                keys.recipient(new AwsKmsRecipient(awsKmsKey(kms, arn)));
            }
        }
        return keys;
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
        return withHolders(encryption, RepositoryKeys.builder()).build();
    }

    private RepositoryKeys.Builder withHolders(RepositoryDefined.Encryption encryption, RepositoryKeys.Builder keys)
            throws RepositoryException {
        SecretException missing = null;
        boolean any = false;
        for (Way way : waysToOpen(encryption)) {
            try {
                keys.holder(way.open());
                any = true;
            } catch (SecretException e) {
                missing = missing == null ? e : missing;
            }
        }
        if (!any && missing != null) {
            throw missing;
        }
        return keys;
    }

    /** What restores could open with, each by itself; what cannot be had says why. */
    List<GivenKey> given(RepositoryDefined.@Nullable Encryption encryption) {
        List<GivenKey> given = new ArrayList<>();
        if (encryption != null) {
            for (Way way : waysToOpen(encryption)) {
                try {
                    RepositoryKeys keys =
                            RepositoryKeys.builder().holder(way.open()).build();
                    given.add(new GivenKey(way.name(), Optional.of(keys), ""));
                } catch (SecretException e) {
                    given.add(new GivenKey(way.name(), Optional.empty(), e.what()));
                } catch (RepositoryException e) {
                    given.add(new GivenKey(way.name(), Optional.empty(), e.what()));
                } catch (IllegalArgumentException e) {
                    given.add(new GivenKey(way.name(), Optional.empty(), String.valueOf(e.getMessage())));
                }
            }
        }
        return given;
    }

    /** For wrapping keys for the present recipients: those, and as {@link #toRestore}. */
    RepositoryKeys toRewrap(RepositoryDefined.@Nullable Encryption encryption) throws RepositoryException {
        if (encryption == null) {
            throw new IllegalArgumentException("it has no encryption, so there is nobody to wrap keys for");
        }
        return withHolders(encryption, withRecipients(encryption, RepositoryKeys.builder()))
                .build();
    }

    /** Something that may open wrapped keys; what it is made of is looked for when it is opened. */
    private record Way(String name, Opening opening) {
        @FunctionalInterface
        interface Opening {
            KeyHolder holder() throws RepositoryException;
        }

        KeyHolder open() throws RepositoryException {
            return opening.holder();
        }
    }

    private List<Way> waysToOpen(RepositoryDefined.Encryption encryption) {
        List<Way> ways = new ArrayList<>();
        for (String reference : encryption.openpgpSecretKeys()) {
            ways.add(new Way(
                    "openpgp_secret_keys " + reference, () -> OpenPgpHolder.parse(bytes(reference), lock(encryption))));
        }
        String passphrase = encryption.passphrase();
        if (passphrase != null) {
            ways.add(new Way("passphrase " + passphrase, () -> passphrase(passphrase)));
        }
        RepositoryDefined.AwsKms kms = encryption.awsKms();
        if (kms != null) {
            for (String arn : kms.keys()) {
                ways.add(new Way("aws_kms " + arn, () -> new AwsKmsHolder(awsKmsKey(kms, arn))));
            }
        }
        return ways;
    }

    private AwsKmsKey awsKmsKey(RepositoryDefined.AwsKms kms, String arn) throws RepositoryException {
        String accessKey = kms.accessKey();
        String secretKey = kms.secretKey();
        if ((accessKey == null) != (secretKey == null)) {
            throw new IllegalArgumentException("aws_kms.access_key and secret_key belong together");
        }
        Optional<StoreCredentials> credentials = accessKey == null || secretKey == null
                ? Optional.empty()
                : Optional.of(new StoreCredentials(
                        secrets.resolve(accessKey).reveal(),
                        secrets.resolve(secretKey).reveal()));
        return AwsKmsKey.of(arn, Optional.ofNullable(kms.endpoint()).map(URI::create), credentials);
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

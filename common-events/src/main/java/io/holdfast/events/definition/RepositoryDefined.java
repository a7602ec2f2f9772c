package io.holdfast.events.definition;

import io.holdfast.events.RepositoryId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A repository: where backups lie. Secrets are references, {@code env:NAME} or {@code file:/path}, resolved only by the
 * service that needs them.
 *
 * @param url        where it is: {@code file:///srv/holdfast}, {@code s3://bucket/prefix}, {@code azblob://container/prefix}
 * @param accessKey  reference to the access key's id, or to the storage account's name; absent: the host's own role
 * @param secretKey  reference to the secret that belongs to it
 * @param objectLock how new objects are locked; absent: not at all
 * @param encryption how backups are encrypted before they leave the worker; absent: not at all
 * @param deletion   what the retention role shows to remove things, and nobody else gets; absent: it asks as its host
 *                   may, which is possible only without {@code access_key}
 */
public record RepositoryDefined(
        RepositoryId repository,
        long revision,
        String url,
        @Nullable String accessKey,
        @Nullable String secretKey,
        @Nullable ObjectLock objectLock,
        @Nullable Encryption encryption,
        @Nullable Deletion deletion)
        implements Definition {

    /** A repository without credentials for removing things. */
    public RepositoryDefined(
            RepositoryId repository,
            long revision,
            String url,
            @Nullable String accessKey,
            @Nullable String secretKey,
            @Nullable ObjectLock objectLock,
            @Nullable Encryption encryption) {
        this(repository, revision, url, accessKey, secretKey, objectLock, encryption, null);
    }

    /** A repository that asks for no key, locks nothing and encrypts nothing. */
    public RepositoryDefined(RepositoryId repository, long revision, String url) {
        this(repository, revision, url, null, null, null, null, null);
    }

    /** The same with another revision. */
    public RepositoryDefined withRevision(long other) {
        return new RepositoryDefined(repository, other, url, accessKey, secretKey, objectLock, encryption, deletion);
    }

    @Override
    public String subject() {
        return subjectOf(repository);
    }

    public static String subjectOf(RepositoryId repository) {
        return "repository/" + repository;
    }

    /**
     * A lock that the store keeps on each object.
     *
     * @param mode {@code governance} or {@code compliance}, as S3 calls them
     * @param days how long, from an object's creation or from the newest backup that needs it
     */
    public record ObjectLock(String mode, int days) {}

    /**
     * Credentials that may delete.
     *
     * @param accessKey reference to the access key's id, or to the storage account's name
     * @param secretKey reference to the secret that belongs to it
     */
    public record Deletion(String accessKey, String secretKey) {}

    /**
     * Who can read the backups, and with what.
     *
     * @param openpgpRecipients references to OpenPGP public keys; whoever has one of the private keys reads the backups
     * @param openpgpSecretKeys references to OpenPGP private keys, resolved only by who restores
     * @param openpgpPassphrase reference to the passphrase of those private keys
     * @param passphrase        reference to a passphrase that reads the backups by itself
     * @param indexKey          reference to the key of maps and manifests, resolved by workers and verifiers
     * @param awsKms            keys in AWS KMS; who may decrypt with one of them reads the backups
     * @param earlierIndexKeys  references to the index keys from before, which still open what was sealed with them
     */
    public record Encryption(
            List<String> openpgpRecipients,
            List<String> openpgpSecretKeys,
            @Nullable String openpgpPassphrase,
            @Nullable String passphrase,
            String indexKey,
            @Nullable List<String> earlierIndexKeys,
            @Nullable AwsKms awsKms) {

        public Encryption {
            openpgpRecipients = List.copyOf(openpgpRecipients);
            openpgpSecretKeys = List.copyOf(openpgpSecretKeys);
            earlierIndexKeys = earlierIndexKeys == null ? null : List.copyOf(earlierIndexKeys);
        }

        /** Without index keys from before. */
        public Encryption(
                List<String> openpgpRecipients,
                List<String> openpgpSecretKeys,
                @Nullable String openpgpPassphrase,
                @Nullable String passphrase,
                String indexKey) {
            this(openpgpRecipients, openpgpSecretKeys, openpgpPassphrase, passphrase, indexKey, null, null);
        }
    }

    /**
     * Keys in AWS KMS.
     *
     * @param keys      ARNs of symmetric keys
     * @param endpoint  where the service is, if not at the region's own address
     * @param accessKey reference to the access key's id; absent: the host's own role
     * @param secretKey reference to the secret that belongs to it
     */
    public record AwsKms(
            List<String> keys,
            @Nullable String endpoint,
            @Nullable String accessKey,
            @Nullable String secretKey) {

        public AwsKms {
            keys = List.copyOf(keys);
        }
    }
}

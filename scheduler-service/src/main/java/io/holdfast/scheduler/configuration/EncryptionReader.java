package io.holdfast.scheduler.configuration;

import io.holdfast.events.definition.RepositoryDefined;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code encryption} of a repository. */
final class EncryptionReader {

    static final List<String> KEYS = List.of(
            "openpgp_recipients",
            "openpgp_secret_keys",
            "openpgp_passphrase",
            "passphrase",
            "index_key",
            "earlier_index_keys",
            "aws_kms");

    static final List<String> AWS_KMS_KEYS = List.of("keys", "endpoint", "access_key", "secret_key");

    /** Where workers and verifiers look for the index key when the file does not say. */
    static final String INDEX_KEY = "env:HOLDFAST_INDEX_KEY";

    private EncryptionReader() {}

    static RepositoryDefined.@Nullable Encryption read(Section section) {
        List<String> recipients = section.secretReferences("openpgp_recipients");
        List<String> secretKeys = section.secretReferences("openpgp_secret_keys");
        String secretKeysPassphrase = section.secretReference("openpgp_passphrase");
        String passphrase = section.secretReference("passphrase");
        String indexKey = section.secretReference("index_key");
        List<String> earlierIndexKeys = section.secretReferences("earlier_index_keys");
        RepositoryDefined.AwsKms awsKms = awsKms(section);
        if (!section.values().containsKey("openpgp_recipients")
                && !section.values().containsKey("passphrase")
                && !section.values().containsKey("aws_kms")) {
            section.problems()
                    .add(
                            section.where("openpgp_recipients"),
                            "encryption names nobody who could read the backups",
                            "write `openpgp_recipients: [\"file:/etc/holdfast/backup.asc\"]` with a public key that"
                                    + " `gpg --export --armor` wrote, or `passphrase: \"file:/…\"`, or `aws_kms`");
            return null;
        }
        return new RepositoryDefined.Encryption(
                recipients,
                secretKeys,
                secretKeysPassphrase,
                passphrase,
                indexKey == null ? INDEX_KEY : indexKey,
                earlierIndexKeys.isEmpty() ? null : earlierIndexKeys,
                awsKms);
    }

    private static RepositoryDefined.@Nullable AwsKms awsKms(Section encryption) {
        Section kms = encryption.section("aws_kms", AWS_KMS_KEYS);
        if (kms == null) {
            return null;
        }
        List<String> keys = kms.texts("keys");
        if (!kms.values().containsKey("keys")) {
            kms.problems()
                    .add(
                            encryption.where("aws_kms"),
                            "`keys` is missing in " + encryption.path("aws_kms"),
                            "write the ARN of a key: `keys: \"arn:aws:kms:REGION:ACCOUNT:key/ID\"`");
        }
        String endpoint = kms.text("endpoint");
        if (endpoint != null && !endpoint.matches("https?://[^@/]+/?")) {
            kms.problems()
                    .add(
                            kms.where("endpoint"),
                            kms.path("endpoint") + " is not the address of a service",
                            "write it like `https://kms.eu-central-1.amazonaws.com`, or leave it out");
        }
        String accessKey = kms.secretReference("access_key");
        String secretKey = kms.secretReference("secret_key");
        if (kms.values().containsKey("access_key") != kms.values().containsKey("secret_key")) {
            kms.problems()
                    .add(
                            kms.where(accessKey == null ? "secret_key" : "access_key"),
                            "access_key and secret_key belong together",
                            "give both, or none where the host has a role of its own");
        }
        return new RepositoryDefined.AwsKms(keys, endpoint, accessKey, secretKey);
    }
}

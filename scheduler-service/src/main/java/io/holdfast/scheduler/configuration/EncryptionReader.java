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
            "earlier_index_keys");

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
        if (!section.values().containsKey("openpgp_recipients")
                && !section.values().containsKey("passphrase")) {
            section.problems()
                    .add(
                            section.where("openpgp_recipients"),
                            "encryption names nobody who could read the backups",
                            "write `openpgp_recipients: [\"file:/etc/holdfast/backup.asc\"]` with a public key that"
                                    + " `gpg --export --armor` wrote, or `passphrase: \"file:/…\"`");
            return null;
        }
        return new RepositoryDefined.Encryption(
                recipients,
                secretKeys,
                secretKeysPassphrase,
                passphrase,
                indexKey == null ? INDEX_KEY : indexKey,
                earlierIndexKeys.isEmpty() ? null : earlierIndexKeys);
    }
}

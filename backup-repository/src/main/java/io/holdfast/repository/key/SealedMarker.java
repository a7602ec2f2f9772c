package io.holdfast.repository.key;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.nio.charset.StandardCharsets;

/**
 * The object that says that backups of this repository are encrypted. From its creation on, nothing unencrypted is
 * written, so that a worker whose configuration lost the keys stops instead of going on in the clear.
 */
record SealedMarker(ObjectStore store) {
    static final ObjectKey KEY = new ObjectKey("holdfast-sealed.json");

    private static final byte[] CONTENT =
            "{\"format\":\"holdfast-sealed\",\"version\":1}\n".getBytes(StandardCharsets.US_ASCII);

    void create() throws RepositoryException {
        store.putIfAbsent(KEY, CONTENT);
    }

    void requireAbsent() throws RepositoryException {
        if (store.head(KEY).isPresent()) {
            throw new RepositoryException.Unusable(
                    "The repository in " + store.describe() + " is encrypted, and no keys were given to write to it.",
                    "give the repository's encryption back to this worker; to make backups without encryption, use"
                            + " another repository.");
        }
    }
}

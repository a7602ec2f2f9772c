package io.holdfast.restore;

import io.holdfast.events.FailureCategory;
import io.holdfast.repository.manifest.BackupManifest;

/** Whoever can write to the store can add a backup that is not encrypted: one that is cannot be made up so easily. */
public final class EncryptedOnly {
    private EncryptedOnly() {}

    /**
     * Refuses a backup that is not encrypted.
     *
     * @param manifest the very one that is restored by: another look at the store may find another one
     * @throws RestoreException if it is not
     */
    public static void require(BackupManifest manifest) throws RestoreException {
        if (!manifest.isSealed()) {
            throw new RestoreException(
                    FailureCategory.REFUSED,
                    "the backup " + manifest.backup()
                            + " is not encrypted, and its repository encrypts: it was made before that was so, or by"
                            + " somebody else.",
                    "see where it comes from; if it is yours, accept it (--accept-unencrypted).");
        }
    }
}

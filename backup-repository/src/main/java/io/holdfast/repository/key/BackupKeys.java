package io.holdfast.repository.key;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.seal.KeyId;
import java.util.List;

/**
 * The keys that a backup needs, and whether they are at hand.
 *
 * @param keys none if it is not encrypted; if the index key does not open, that one alone, for it hides the others
 * @param problem why it cannot be told which keys it needs; empty if it can
 */
public record BackupKeys(BackupId backup, List<Needed> keys, String problem) {
    public BackupKeys {
        keys = List.copyOf(keys);
    }

    /** What a key seals. */
    public enum Use {
        /** Manifest, index and maps. */
        INDEX,
        /** Pages. */
        PACKS,
        /** The write-ahead log that the backup needs. */
        WAL
    }

    /**
     * A key.
     *
     * @param recipients for whom it is wrapped, for people
     * @param opens whether it was unwrapped, and something that is sealed with it was opened
     * @param detail why not; empty if it opens
     */
    public record Needed(KeyId key, Use use, List<String> recipients, boolean opens, String detail) {
        public Needed {
            recipients = List.copyOf(recipients);
        }
    }

    /** Whether anything in it is encrypted, as far as can be told. */
    public boolean isEncrypted() {
        return !keys.isEmpty();
    }

    /** Whether everything in it can be read, as far as keys go. */
    public boolean isReadable() {
        return problem.isEmpty() && keys.stream().allMatch(Needed::opens);
    }
}

package io.holdfast.restore.keys;

import java.util.List;

/**
 * Which backups of a repository open with what this host has.
 *
 * @param problem why restores on this host could not even begin; empty if they can
 * @param given what the definition names to restore with
 * @param backups all of the repository, but for deleted ones
 */
public record KeyFindings(String repository, String problem, List<Given> given, List<Backup> backups) {
    public KeyFindings {
        given = List.copyOf(given);
        backups = List.copyOf(backups);
    }

    /**
     * Something to restore with.
     *
     * @param name the configuration's key and the reference
     * @param problem why it is not to be had here; empty if it is
     */
    public record Given(String name, String problem) {}

    /**
     * A backup.
     *
     * @param opens whether all of it does, by what is here, together
     * @param openedBy what alone is enough for that
     * @param problem why it cannot be told which keys it needs; empty if it can
     * @param keys none if it is not encrypted; if its index key does not open, that one alone
     */
    public record Backup(
            String target,
            String place,
            String backup,
            boolean encrypted,
            boolean opens,
            List<String> openedBy,
            String problem,
            List<Key> keys) {
        public Backup {
            openedBy = List.copyOf(openedBy);
            keys = List.copyOf(keys);
        }
    }

    /**
     * A key that a backup needs.
     *
     * @param use {@code index} (manifest, index and maps), {@code packs} or {@code wal}
     * @param recipients for whom it is wrapped
     * @param opens whether it was unwrapped, and something that is sealed with it was opened
     * @param detail why not; empty if it was
     */
    public record Key(String id, String use, List<String> recipients, boolean opens, String detail) {
        public Key {
            recipients = List.copyOf(recipients);
        }
    }
}

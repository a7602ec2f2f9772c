package io.holdfast.repository.sweep;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * Which backups are deleted. A tombstone stays for ever: an attempt that slept while its backup was completed by another,
 * kept and deleted would otherwise bring the manifest back when it wakes. Safe for use by several threads.
 */
public record Tombstones(ObjectStore store, PlaceLayout layout) {
    private static final byte[] CONTENT =
            "{\"format\":\"holdfast-tombstone\",\"version\":1}\n".getBytes(StandardCharsets.US_ASCII);

    /** Says that a backup is deleted. From now on nobody lists it, and none is based on it. */
    public void put(BackupId backup) throws RepositoryException {
        store.putIfAbsent(layout.tombstone(backup), CONTENT);
    }

    /** Whether a backup is deleted. */
    public boolean has(BackupId backup) throws RepositoryException {
        return store.head(layout.tombstone(backup)).isPresent();
    }

    /** All backups that are deleted. */
    public Set<BackupId> list() throws RepositoryException {
        Set<BackupId> found = new HashSet<>();
        ObjectStore.Listing listing = store.list(layout.tombstones());
        while (listing.hasNext()) {
            String name = listing.next().key().lastSegment();
            if (ObjectKey.isName(name)) {
                found.add(new BackupId(name));
            }
        }
        return found;
    }
}

package io.holdfast.repository.sweep;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.manifest.Manifests;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.seal.SealingKey;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which keys something beside backups is sealed with. A manifest says which keys its backup needs, and whoever may write can have
 * made one that names the key of the log, or the index key: with that backup they would go, and all that they seal be lost.
 * Safe for use by several threads.
 */
record KeysInUse(ObjectStore store, PlaceLayout layout, PlaceKeys keys) {
    /** Of so many objects of the log the beginning is read; where there are more, every key counts as used. */
    private static final int MOST = 20_000;

    private static final List<ObjectHeader.Type> LOG =
            List.of(ObjectHeader.Type.WAL_SEGMENT, ObjectHeader.Type.WAL_INCREMENT, ObjectHeader.Type.TIMELINE_HISTORY);

    /**
     * Those of some keys that are.
     *
     * @param manifests all that there are
     */
    Set<KeyId> among(Set<KeyId> named, Collection<BackupId> manifests) throws RepositoryException {
        Set<KeyId> used = new HashSet<>();
        keys.newestIndexKey().map(SealingKey::id).ifPresent(used::add);
        Manifests stored = new Manifests(store, layout, keys);
        for (BackupId backup : manifests) {
            try {
                stored.sealedWith(backup).ifPresent(used::add);
            } catch (RepositoryException.NotFound e) {
                // Another sweep was faster, and it was gone already: nothing needs its key.
            }
        }
        for (KeyId key : named) {
            if (opensAsIndexKey(key)) {
                used.add(key);
            }
        }
        addThoseOfTheLog(named, used);
        used.retainAll(named);
        return used;
    }

    /** Whoever sweeps has index keys and no other; one who has more takes all keys for such, and removes none. */
    private boolean opensAsIndexKey(KeyId key) throws RepositoryException {
        try {
            return keys.indexKey(key, new ObjectKey(layout.wrappedKeys(key) + "any"))
                    .id()
                    .equals(key);
        } catch (RepositoryException.Denied | MalformedException e) {
            return false;
        }
    }

    private void addThoseOfTheLog(Set<KeyId> named, Set<KeyId> used) throws RepositoryException {
        ObjectStore.Listing listing = store.list(layout.wal());
        for (int seen = 0; listing.hasNext() && !used.containsAll(named); seen++) {
            if (seen == MOST) {
                used.addAll(named);
                return;
            }
            ObjectKey key = listing.next().key();
            try (InputStream in = store.open(key, 0, ObjectHeader.LENGTH)) {
                byte[] beginning = in.readNBytes(ObjectHeader.LENGTH);
                LOG.forEach(type -> addIfSealed(type, beginning, used));
            } catch (RepositoryException.NotFound e) {
                // Gone meanwhile, as log goes.
            } catch (IOException e) {
                throw RepositoryException.from(e, "Reading " + key);
            }
        }
    }

    private static void addIfSealed(ObjectHeader.Type type, byte[] beginning, Set<KeyId> used) {
        try {
            ObjectHeader header = ObjectHeader.read(type, beginning);
            if (header.isSealed()) {
                used.add(KeyId.of(header.key()));
            }
        } catch (MalformedException e) {
            // Of another type; or of none, and then no key opens it.
        }
    }
}

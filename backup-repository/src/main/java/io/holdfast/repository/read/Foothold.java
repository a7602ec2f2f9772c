package io.holdfast.repository.read;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.BackupManifest.AttemptReference;
import io.holdfast.repository.manifest.BackupManifest.PackReference;
import io.holdfast.repository.map.PackName;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.StoredObject;
import java.util.HashMap;
import java.util.Map;

/**
 * Whether what a restore needs is there at all: data keys that open, packs that are listed with their lengths. Lists and
 * unwraps, and reads no pack. For one thread.
 */
final class Foothold {
    private final ObjectStore store;
    private final PlaceLayout layout;
    private final PlaceKeys keys;
    private final BackupManifest manifest;

    Foothold(ObjectStore store, PlaceLayout layout, PlaceKeys keys, BackupManifest manifest) {
        this.store = store;
        this.layout = layout;
        this.keys = keys;
        this.manifest = manifest;
    }

    /** @throws RepositoryException.Denied if a data key is not here */
    void requireKeys() throws RepositoryException {
        ObjectKey named = layout.manifest(manifest.backup());
        for (KeyId key : manifest.dataKeys()) {
            try {
                keys.dataKey(key, named);
            } catch (MalformedException e) {
                throw damaged(named, String.valueOf(e.getMessage()));
            }
        }
    }

    /** @throws RepositoryException.Damaged if a pack is missing or has another length */
    void requirePacks() throws RepositoryException {
        Map<ObjectKey, Long> found = new HashMap<>();
        ObjectStore.Listing own = store.list(layout.packs(manifest.backup(), manifest.attempt()));
        while (own.hasNext()) {
            StoredObject pack = own.next();
            found.put(pack.key(), pack.length());
        }
        for (PackReference pack : manifest.packs()) {
            ObjectKey key = layout.pack(new PackName(manifest.backup(), manifest.attempt(), pack.number()));
            Long length = found.get(key);
            if (length == null || length != pack.length()) {
                throw damaged(
                        key, length == null ? "the pack is missing" : "the pack is not as long as the manifest says");
            }
        }
        for (AttemptReference earlier : manifest.refersTo()) {
            String packs = layout.packs(earlier.backup(), earlier.attempt());
            if (!store.list(packs).hasNext()) {
                throw damaged(
                        layout.manifest(manifest.backup()),
                        "it uses packs of backup " + earlier.backup() + ", and none of them is there");
            }
        }
    }

    private static RepositoryException.Damaged damaged(ObjectKey object, String detail) {
        return new RepositoryException.Damaged(
                object, detail, object + " is damaged: " + detail + ".", "restore from another backup.", null);
    }
}

package io.holdfast.repository.wal;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.seal.BodySeal;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.seal.SealingKey;
import io.holdfast.repository.store.ObjectKey;
import java.util.Optional;

/**
 * Seals WAL objects: a new data key for every stretch of them, so that none stays here for long. Safe for use by several
 * threads.
 */
final class WalSeal {
    /** Objects of a stretch; with full segments of the usual size 16 GiB. */
    private static final int STRETCH = 1024;

    private final PlaceKeys keys;
    private BodySeal seal = BodySeal.NONE;
    private int left;

    WalSeal(PlaceKeys keys) {
        this.keys = keys;
    }

    /** What the next object is sealed with. */
    synchronized BodySeal next() throws RepositoryException {
        if (left == 0) {
            seal = BodySeal.with(keys.newDataKey(), keys);
            left = STRETCH;
        }
        left--;
        return seal;
    }

    /** An index key that something was stored under before; as {@link PlaceKeys#indexKey}. */
    SealingKey indexKey(KeyId id, ObjectKey wanted) throws RepositoryException, MalformedException {
        return keys.indexKey(id, wanted);
    }

    /** What digests are made with. */
    Optional<SealingKey> indexKey() throws RepositoryException {
        return keys.newestIndexKey();
    }
}

package io.holdfast.repository.sweep;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.DeletableStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes objects one by one. What is locked is not even tried: on a store whose log is watched, an early deletion looks like
 * an attack. For one thread at a time.
 */
public final class Removal {
    private final ObjectStore store;
    private final DeletableStore deletable;
    private final Instant now;
    private final List<ObjectKey> denied = new ArrayList<>();
    private final List<ObjectKey> locked = new ArrayList<>();
    private long count;

    /**
     * Nothing removed yet.
     *
     * @param store the same as {@code deletable}, for reading
     */
    public Removal(ObjectStore store, DeletableStore deletable, Instant now) {
        this.store = store;
        this.deletable = deletable;
        this.now = now;
    }

    /** Removes one, unless it is locked or the store does not let it go. */
    public void remove(ObjectKey key) throws RepositoryException {
        if (store.lockedUntil(key).filter(now::isBefore).isPresent()) {
            locked.add(key);
            return;
        }
        try {
            if (deletable.delete(key)) {
                count++;
            }
        } catch (RepositoryException.Denied e) {
            denied.add(key);
        }
    }

    /** How many were there and are gone. */
    public long count() {
        return count;
    }

    /** Which the store did not let go. */
    public List<ObjectKey> denied() {
        return List.copyOf(denied);
    }

    /** Which were not tried. */
    public List<ObjectKey> locked() {
        return List.copyOf(locked);
    }
}

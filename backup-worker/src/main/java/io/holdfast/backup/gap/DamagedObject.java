package io.holdfast.backup.gap;

import io.holdfast.repository.store.ObjectKey;

/**
 * An object of the log that is not as it was stored.
 *
 * @param detail what is wrong with it, for people
 */
record DamagedObject(ObjectKey object, Reason reason, String detail) {
    /** Why something counts as missing. */
    enum Reason {
        DAMAGED,
        FOREIGN
    }
}

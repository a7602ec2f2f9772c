package io.holdfast.repository.store;

import java.time.Duration;

/**
 * A lock that a store puts on every new object: until it ends nobody removes or changes the object.
 *
 * @param mode who may lift it before
 * @param length from the object's creation on; a backup that refers to an older object extends that object's lock
 */
public record ObjectLock(Mode mode, Duration length) {
    public ObjectLock {
        if (length.isNegative() || length.isZero()) {
            throw new IllegalArgumentException("a lock must last for some time, not " + length);
        }
    }

    /** In the words of S3. */
    public enum Mode {
        /** Somebody with a special permission may lift it. */
        GOVERNANCE,
        /** Nobody may, not even the account's owner. */
        COMPLIANCE
    }
}

package io.holdfast.repository.store;

import java.util.Optional;

/**
 * What a store asks for beside its address. Shows no secret.
 *
 * @param credentials who asks; empty where the store wants none, or finds them by itself (a role of the machine)
 * @param lock how long new objects are locked; empty: not at all
 */
public record StoreAccess(Optional<StoreCredentials> credentials, Optional<ObjectLock> lock) {
    /** Neither credentials nor a lock. */
    public static final StoreAccess NONE = new StoreAccess(Optional.empty(), Optional.empty());
}

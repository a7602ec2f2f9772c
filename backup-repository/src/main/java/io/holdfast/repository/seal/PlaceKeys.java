package io.holdfast.repository.seal;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.store.ObjectKey;
import java.util.List;
import java.util.Optional;

/** The keys of one place, as far as they are at hand. Safe for use by several threads. */
public interface PlaceKeys {
    /** No keys: nothing is sealed, and nothing sealed is opened. */
    PlaceKeys NONE = NoKeys.INSTANCE;

    /**
     * The index key that new objects are sealed with, or empty if nothing is to be sealed here.
     *
     * @throws RepositoryException.Unusable if something must be sealed here and there is no key to do it with
     */
    Optional<SealingKey> newestIndexKey() throws RepositoryException;

    /**
     * A new data key. It is wrapped for every recipient, durably, before this returns; only the caller has it now, and
     * destroys it. Empty if nothing is to be sealed here.
     *
     * @throws RepositoryException.Unusable as {@link #newestIndexKey}, and if there is no recipient
     */
    Optional<SealingKey> newDataKey() throws RepositoryException;

    /**
     * An index key by its identifier.
     *
     * @param wanted the object that is sealed with it, for messages
     * @throws RepositoryException.Denied if it is not at hand; says whose key would open it
     * @throws MalformedException if there is no trace of such a key, so the object that names it must be damaged
     */
    SealingKey indexKey(KeyId id, ObjectKey wanted) throws RepositoryException, MalformedException;

    /** A data key by its identifier; as {@link #indexKey}. */
    SealingKey dataKey(KeyId id, ObjectKey wanted) throws RepositoryException, MalformedException;

    /**
     * Reads the wrapped forms of a key, without opening them.
     *
     * @return what is wrong: those that are damaged, or that there is none
     */
    List<WrapProblem> checkWraps(KeyId id) throws RepositoryException;

    /** Something wrong with a wrapped key; if none is there, {@code object} is what their names begin with. */
    record WrapProblem(ObjectKey object, boolean missing, String detail) {}

    /** So many random bytes that nobody can guess. */
    byte[] random(int length);
}

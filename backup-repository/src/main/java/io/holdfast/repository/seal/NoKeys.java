package io.holdfast.repository.seal;

import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.store.ObjectKey;
import java.util.List;
import java.util.Optional;

/** No keys at all: nothing is sealed, and nothing sealed is opened. */
enum NoKeys implements PlaceKeys {
    INSTANCE;

    @Override
    public Optional<SealingKey> newestIndexKey() {
        return Optional.empty();
    }

    @Override
    public Optional<SealingKey> newDataKey() {
        return Optional.empty();
    }

    @Override
    public SealingKey indexKey(KeyId id, ObjectKey wanted) throws MalformedException {
        throw unknown(id);
    }

    @Override
    public SealingKey dataKey(KeyId id, ObjectKey wanted) throws MalformedException {
        throw unknown(id);
    }

    private static MalformedException unknown(KeyId id) {
        return new MalformedException("it names the key " + id + ", and nothing is sealed here");
    }

    @Override
    public List<WrapProblem> checkWraps(KeyId id) {
        return List.of();
    }

    @Override
    public byte[] random(int length) {
        throw new IllegalStateException("Nothing is sealed without keys");
    }
}

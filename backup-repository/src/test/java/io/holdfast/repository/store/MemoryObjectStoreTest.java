package io.holdfast.repository.store;

class MemoryObjectStoreTest extends ObjectStoreContract {
    private final ObjectStore store = new MemoryObjectStore();

    @Override
    protected ObjectStore store() {
        return store;
    }
}

package io.holdfast.repository.store;

/**
 * An object as the store knows it.
 *
 * @param length in bytes
 */
public record StoredObject(ObjectKey key, long length) {}

package io.holdfast.repository.index;

import io.holdfast.repository.store.ObjectKey;

/**
 * Where a backup's index is.
 *
 * @param length stored bytes
 * @param sha256 of the stored bytes, 64 hexadecimal digits
 * @param entries lines in it
 */
public record IndexReference(ObjectKey key, long length, String sha256, long entries) {}

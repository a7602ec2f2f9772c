package io.holdfast.repository.window;

import io.holdfast.repository.wal.Lsn;

/**
 * A piece of the log on the way of a recovery, as it is read from one timeline's segments.
 *
 * @param timeline whose segments hold it, unsigned 32 bits
 * @param from the first byte
 * @param to behind the last
 */
public record WalPart(int timeline, Lsn from, Lsn to) {}

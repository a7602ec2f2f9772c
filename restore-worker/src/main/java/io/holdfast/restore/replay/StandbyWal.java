package io.holdfast.restore.replay;

import io.holdfast.repository.wal.StoredWal;

/**
 * The log that a standby follows.
 *
 * @param wal as it lies in the repository
 * @param segmentSize bytes
 * @param presence says whether the repository itself is there
 */
public record StandbyWal(StoredWal wal, int segmentSize, StoredWalSource.Presence presence) {}

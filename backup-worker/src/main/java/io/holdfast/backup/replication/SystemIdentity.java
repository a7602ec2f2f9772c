package io.holdfast.backup.replication;

import io.holdfast.repository.wal.Lsn;

/**
 * What IDENTIFY_SYSTEM tells.
 *
 * @param systemIdentifier of the cluster, unsigned
 * @param timeline the current one
 * @param position how far the log has been written, or replayed on a standby
 */
public record SystemIdentity(long systemIdentifier, int timeline, Lsn position) {}

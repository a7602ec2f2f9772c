package io.holdfast.backup.replication;

import io.holdfast.repository.wal.Lsn;

/** What the server says at a base backup's end: the log is needed up to here. */
public record BackupStop(Lsn stopLsn, int timeline) {}

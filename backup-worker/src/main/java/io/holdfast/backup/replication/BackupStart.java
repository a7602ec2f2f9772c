package io.holdfast.backup.replication;

import io.holdfast.repository.wal.Lsn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the server says before a base backup's data.
 *
 * @param startLsn the log is needed from here on
 * @param timeline that the backup began on
 * @param tablespaces all but the default ones
 * @param estimatedBytes of all archives; null without progress
 */
public record BackupStart(
        Lsn startLsn,
        int timeline,
        List<Tablespace> tablespaces,
        @Nullable Long estimatedBytes) {
    public BackupStart {
        tablespaces = List.copyOf(tablespaces);
    }

    /**
     * A tablespace of its own.
     *
     * @param oid its number, which names its archive and its link
     * @param location where it lies on the server
     */
    public record Tablespace(long oid, String location) {}
}

package io.holdfast.restore.physical;

import io.holdfast.repository.BackupId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a restore would do. Nothing was written to find it out.
 *
 * @param moment how far it would recover, in words
 * @param timeline along which
 * @param tablespaces where each would go, by oid
 * @param destination what lies where it would go
 * @param overwritten bytes that lie there; some of them may be kept
 * @param bytes of the files
 * @param walBytes of the log that would be replayed, at most
 * @param free bytes that the data directory's disk has left
 * @param estimatedSeconds roughly: files at 150 MB/s, log at 50 MB/s
 */
public record RestorePreview(
        BackupId backup,
        String moment,
        int timeline,
        String directory,
        Map<Long, String> tablespaces,
        Present destination,
        @Nullable Long overwritten,
        long bytes,
        long walBytes,
        long free,
        double estimatedSeconds) {
    private static final double FILES_PER_SECOND = 150e6;
    private static final double WAL_PER_SECOND = 50e6;

    /** What lies where a restore would go. */
    public enum Present {
        /** Nothing. */
        NOTHING,
        /** An empty directory. */
        EMPTY,
        /** The stopped cluster that would be restored over. */
        SAME_CLUSTER
    }

    static double seconds(long bytes, long walBytes) {
        return Math.round(10 * (bytes / FILES_PER_SECOND + walBytes / WAL_PER_SECOND)) / 10.0;
    }
}

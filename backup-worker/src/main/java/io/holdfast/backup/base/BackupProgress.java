package io.holdfast.backup.base;

import io.holdfast.repository.write.WriteProgress;
import org.jspecify.annotations.Nullable;

/**
 * How far a backup is.
 *
 * @param sentBytes of the archives, as the server counts
 * @param estimatedBytes of all archives; null where the server was not asked to estimate
 * @param written what the repository has taken and stored
 */
public record BackupProgress(
        Phase phase, long sentBytes, @Nullable Long estimatedBytes, WriteProgress written) {

    /** What is being done or waited for. */
    public enum Phase {
        /** Connecting, and the server's checkpoint. */
        STARTING,
        /** Files stream in. */
        COPYING,
        /** The last of the log is brought. */
        FINISHING_WAL,
        /** Everything is made durable, and the manifest is created. */
        COMMITTING
    }

    /** Hears of progress about once a second, in the thread that makes the backup: it must return quickly. */
    @FunctionalInterface
    public interface Listener {
        void progressed(BackupProgress progress);
    }
}

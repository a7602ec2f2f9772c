package io.holdfast.scheduler.catalog;

import java.util.Optional;

/** What a caller waits for. */
public enum Waiting {
    /** Until the backup exists, or never will. */
    COMPLETED,
    /** Until it was also read back, or that failed. */
    VERIFIED;

    public static Optional<Waiting> named(String name) {
        return switch (name) {
            case "completed" -> Optional.of(COMPLETED);
            case "verified" -> Optional.of(VERIFIED);
            default -> Optional.empty();
        };
    }

    /** Whether there is nothing more to wait for. */
    public boolean over(Listed.Backup backup) {
        return switch (this) {
            case COMPLETED -> backup.status().settled();
            case VERIFIED ->
                backup.status().settled()
                        && (backup.status() != BackupStatus.COMPLETED || backup.verification() != null);
        };
    }

    /** Whether a restore has ended, one way or the other. */
    public static boolean over(Listed.Restore restore) {
        return restore.status().settled();
    }
}

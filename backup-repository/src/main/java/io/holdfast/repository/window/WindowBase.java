package io.holdfast.repository.window;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.WalNeeded;
import java.time.Instant;
import java.util.Optional;

/**
 * A base backup that recovery can begin with.
 *
 * @param wal what it needs of the log; it is consistent where that ends
 * @param finishedAt by the clock of whoever made it
 * @param isSealed whether it is encrypted
 */
public record WindowBase(BackupId backup, WalNeeded wal, Instant finishedAt, boolean isSealed) {
    /** The base that a manifest describes; empty if it is not of a cluster's files. */
    public static Optional<WindowBase> of(BackupManifest manifest) {
        return switch (manifest.details().content()) {
            case BackupContent.Physical physical ->
                Optional.of(new WindowBase(
                        manifest.backup(), physical.wal(), manifest.details().finishedAt(), manifest.isSealed()));
            case BackupContent.Logical ignored -> Optional.empty();
        };
    }
}

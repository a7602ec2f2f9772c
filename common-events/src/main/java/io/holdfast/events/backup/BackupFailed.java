package io.holdfast.events.backup;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.Failure;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A backup failed for good, after its last attempt. Nothing of it is listed in the repository.
 *
 * @param repository where it was to go; absent when that is not known
 * @param startedAt  absent when it never began
 * @param attempts   how often it was tried
 */
public record BackupFailed(
        BackupId backupId,
        TargetId target,
        BackupKind kind,
        @Nullable RepositoryId repository,
        @Nullable Instant startedAt,
        Instant failedAt,
        int attempts,
        Failure failure,
        @Nullable String reason,
        @Nullable String requestedBy)
        implements BackupEvent {}

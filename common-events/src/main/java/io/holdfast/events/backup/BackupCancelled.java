package io.holdfast.events.backup;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A backup was stopped because somebody asked. Nothing of it is listed in the repository.
 *
 * @param repository where it was to go; absent when that is not known
 */
public record BackupCancelled(
        BackupId backupId,
        TargetId target,
        BackupKind kind,
        Instant cancelledAt,
        @Nullable String cancelledBy,
        @Nullable String reason,
        @Nullable RepositoryId repository)
        implements BackupEvent {}

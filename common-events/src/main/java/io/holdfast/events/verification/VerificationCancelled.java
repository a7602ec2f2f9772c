package io.holdfast.events.verification;

import io.holdfast.events.BackupId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Reading a backup back was stopped because somebody asked. Nothing is known of the backup that was not known before. */
public record VerificationCancelled(
        BackupId backupId,
        TargetId target,
        RepositoryId repository,
        Instant cancelledAt,
        @Nullable String cancelledBy,
        @Nullable String reason)
        implements VerificationEvent {}

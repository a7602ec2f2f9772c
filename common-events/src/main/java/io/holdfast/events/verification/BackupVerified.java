package io.holdfast.events.verification;

import io.holdfast.events.BackupId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;

/**
 * A backup was read back and found whole.
 *
 * @param level     what was shown
 * @param bytesRead stored bytes read back
 * @param objects   stored objects read back
 */
public record BackupVerified(
        BackupId backupId,
        TargetId target,
        RepositoryId repository,
        VerificationLevel level,
        long bytesRead,
        long objects,
        Instant startedAt,
        Instant finishedAt)
        implements VerificationEvent {}

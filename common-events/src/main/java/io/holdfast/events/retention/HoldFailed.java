package io.holdfast.events.retention;

import io.holdfast.events.BackupId;
import io.holdfast.events.Failure;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;

/**
 * A hold was not put or not released.
 *
 * @param hold    tells holds of a backup apart
 * @param release whether it was to be released
 * @param failure why, and what to do
 */
public record HoldFailed(
        BackupId backupId,
        TargetId target,
        RepositoryId repository,
        String hold,
        boolean release,
        Failure failure,
        Instant failedAt)
        implements RetentionEvent {}

package io.holdfast.events.retention;

import io.holdfast.events.BackupId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;

/**
 * A backup stays after all, and is whole: it had expired, or was marked as deleted by somebody who may not, before the policy
 * or a hold said otherwise.
 *
 * @param reason why, for people
 */
public record BackupKept(BackupId backupId, TargetId target, RepositoryId repository, String reason, Instant keptAt)
        implements RetentionEvent {}

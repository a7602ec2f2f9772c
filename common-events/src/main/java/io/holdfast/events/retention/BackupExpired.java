package io.holdfast.events.retention;

import io.holdfast.events.BackupId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;

/**
 * A backup is about to be removed: no rule of its policy keeps it. Said before anything of it is touched; from now on nobody
 * should count on it.
 *
 * @param reason why, for people
 */
public record BackupExpired(
        BackupId backupId, TargetId target, RepositoryId repository, String reason, Instant expiredAt)
        implements RetentionEvent {}

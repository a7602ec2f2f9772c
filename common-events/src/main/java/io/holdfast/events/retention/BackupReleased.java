package io.holdfast.events.retention;

import io.holdfast.events.BackupId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A hold is no more. The backup stays all the same if the policy, or another hold, keeps it.
 *
 * @param hold       tells holds of a backup apart
 * @param reason     why, for people
 * @param releasedBy who asked, for people
 */
public record BackupReleased(
        BackupId backupId,
        TargetId target,
        RepositoryId repository,
        String hold,
        @Nullable String reason,
        @Nullable String releasedBy,
        Instant releasedAt)
        implements RetentionEvent {}

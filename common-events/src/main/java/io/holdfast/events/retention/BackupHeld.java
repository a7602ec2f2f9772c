package io.holdfast.events.retention;

import io.holdfast.events.BackupId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A backup is held: it stays, whatever the policy says, until the hold is released. The hold lies in the repository.
 *
 * @param hold   tells holds of a backup apart
 * @param reason why, for people
 * @param heldBy who asked, for people
 */
public record BackupHeld(
        BackupId backupId,
        TargetId target,
        RepositoryId repository,
        String hold,
        @Nullable String reason,
        @Nullable String heldBy,
        Instant heldAt)
        implements RetentionEvent {}

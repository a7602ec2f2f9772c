package io.holdfast.events.retention;

import io.holdfast.events.BackupId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;
import java.util.List;

/**
 * Many more backups than usual would go at once. None of them does until somebody agrees. Said once for the same backups.
 *
 * @param backups   the oldest first; at most a thousand are named
 * @param count     how many there are
 * @param reason    why, for people
 */
public record ApprovalAwaited(
        TargetId target, RepositoryId repository, List<BackupId> backups, int count, String reason, Instant askedAt)
        implements RetentionEvent {

    public ApprovalAwaited {
        backups = List.copyOf(backups);
    }
}

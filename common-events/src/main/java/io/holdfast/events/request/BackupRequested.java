package io.holdfast.events.request;

import io.holdfast.events.BackupKind;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Back this target up now. The event's id becomes the backup's id and the correlation id of all that follows.
 *
 * @param target      what to back up
 * @param kind        how
 * @param reason      why, for people: {@code before deployment 812}
 * @param requestedBy who asks, for people
 * @param dueAt       for a scheduled run: when it was due
 * @param repository  where to, one of the target's repositories; absent: the first of them
 */
public record BackupRequested(
        TargetId target,
        BackupKind kind,
        @Nullable String reason,
        @Nullable String requestedBy,
        @Nullable Instant dueAt,
        @Nullable RepositoryId repository)
        implements RequestData {

    /** A request for a backup in the first of the target's repositories. */
    public BackupRequested(
            TargetId target,
            BackupKind kind,
            @Nullable String reason,
            @Nullable String requestedBy,
            @Nullable Instant dueAt) {
        this(target, kind, reason, requestedBy, dueAt, null);
    }
}

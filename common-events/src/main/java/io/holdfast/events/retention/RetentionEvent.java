package io.holdfast.events.retention;

import io.holdfast.events.EventData;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;

/** What happened to the backups of a target in a repository, as far as it is about keeping them. */
public sealed interface RetentionEvent extends EventData
        permits BackupExpired,
                BackupDeleted,
                BackupKept,
                BackupHeld,
                BackupReleased,
                HoldFailed,
                ApprovalAwaited,
                RetentionCompleted,
                RetentionFailed,
                RetentionCancelled {

    TargetId target();

    RepositoryId repository();

    @Override
    default String subject() {
        return target().value();
    }
}

package io.holdfast.events.retention;

import io.holdfast.events.BackupId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;

/** A backup is no more: its manifest is gone. What only it needed is removed as soon as the store lets it go. */
public record BackupDeleted(BackupId backupId, TargetId target, RepositoryId repository, Instant deletedAt)
        implements RetentionEvent {}

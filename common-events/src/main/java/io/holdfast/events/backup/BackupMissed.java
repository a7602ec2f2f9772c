package io.holdfast.events.backup;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A scheduled backup did not begin at its time, because no scheduler was there to ask for it.
 *
 * @param backupId   the id of the run that was missed
 * @param dueAt      when it was due
 * @param noticedAt  when that was noticed
 * @param caughtUpBy the backup that was asked for instead; several missed runs are caught up by one
 * @param repository where it was to go
 */
public record BackupMissed(
        BackupId backupId,
        TargetId target,
        BackupKind kind,
        Instant dueAt,
        Instant noticedAt,
        @Nullable BackupId caughtUpBy,
        @Nullable RepositoryId repository)
        implements BackupEvent {}

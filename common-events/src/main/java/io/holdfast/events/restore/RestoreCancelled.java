package io.holdfast.events.restore;

import io.holdfast.events.BackupId;
import io.holdfast.events.RestoreId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A restore was stopped because somebody asked; what it had written is gone. */
public record RestoreCancelled(
        RestoreId restoreId,
        BackupId backupId,
        TargetId target,
        SiteName site,
        Instant cancelledAt,
        @Nullable String cancelledBy,
        @Nullable String reason)
        implements RestoreEvent {}

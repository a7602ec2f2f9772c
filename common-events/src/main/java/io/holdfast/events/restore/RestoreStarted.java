package io.holdfast.events.restore;

import io.holdfast.events.BackupId;
import io.holdfast.events.RestoreId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A restore-worker began. Said once for each attempt, counted from 1. */
public record RestoreStarted(
        RestoreId restoreId,
        BackupId backupId,
        TargetId target,
        SiteName site,
        Instant startedAt,
        int attempt,
        String worker,
        @Nullable String reason,
        @Nullable String requestedBy)
        implements RestoreEvent {}

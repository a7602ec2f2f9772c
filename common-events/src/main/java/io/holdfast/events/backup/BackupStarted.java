package io.holdfast.events.backup;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A worker began. Said once for each attempt.
 *
 * @param attempt     counts from 1
 * @param worker      which worker
 * @param reason      the request's
 * @param requestedBy the request's
 */
public record BackupStarted(
        BackupId backupId,
        TargetId target,
        BackupKind kind,
        RepositoryId repository,
        Instant startedAt,
        int attempt,
        String worker,
        @Nullable String reason,
        @Nullable String requestedBy)
        implements BackupEvent {}

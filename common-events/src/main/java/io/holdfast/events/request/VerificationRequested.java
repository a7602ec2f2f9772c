package io.holdfast.events.request;

import io.holdfast.events.BackupId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import org.jspecify.annotations.Nullable;

/**
 * Read a backup back now.
 *
 * @param target      whose backup
 * @param backupId    which
 * @param repository  where it lies
 * @param manifest    the key of its manifest in the repository
 * @param requestedBy who asks, for people
 */
public record VerificationRequested(
        TargetId target,
        BackupId backupId,
        RepositoryId repository,
        String manifest,
        @Nullable String requestedBy) implements RequestData {}

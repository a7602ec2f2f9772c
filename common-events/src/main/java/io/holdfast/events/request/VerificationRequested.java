package io.holdfast.events.request;

import io.holdfast.events.BackupId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.verification.VerificationLevel;
import org.jspecify.annotations.Nullable;

/**
 * Read a backup back now.
 *
 * @param target      whose backup
 * @param backupId    which
 * @param repository  where it lies
 * @param manifest    the key of its manifest in the repository
 * @param level       how much to look at: {@code bytes} or {@code structure}; as the verifier is configured if not said. Less
 *                    than {@code bytes} is taken as that, and {@code restored}, which a drill shows, as {@code structure}
 * @param requestedBy who asks, for people
 */
public record VerificationRequested(
        TargetId target,
        BackupId backupId,
        RepositoryId repository,
        String manifest,
        @Nullable VerificationLevel level,
        @Nullable String requestedBy)
        implements RequestData {}

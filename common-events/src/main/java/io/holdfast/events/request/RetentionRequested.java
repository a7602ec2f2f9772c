package io.holdfast.events.request;

import io.holdfast.events.BackupId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Look now at which of a target's backups stay in a repository, and remove the others.
 *
 * @param target      whose backups
 * @param repository  where they lie
 * @param dryRun      only say what would go, what stays, and why
 * @param approved    backups that may go although many go at once; absent: none
 * @param reason      why, for people
 * @param requestedBy who asks, for people
 */
public record RetentionRequested(
        TargetId target,
        RepositoryId repository,
        boolean dryRun,
        @Nullable List<BackupId> approved,
        @Nullable String reason,
        @Nullable String requestedBy)
        implements RetentionRequest {

    public RetentionRequested {
        approved = approved == null ? null : List.copyOf(approved);
    }
}

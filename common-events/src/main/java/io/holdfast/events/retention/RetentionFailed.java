package io.holdfast.events.retention;

import io.holdfast.events.Failure;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;

/**
 * The retention role could not do its work on a target's backups in a repository. What it had done counts; the next run goes
 * on.
 *
 * @param dryRun  whether nothing was to be changed
 * @param failure why, and what to do
 */
public record RetentionFailed(
        TargetId target, RepositoryId repository, boolean dryRun, Failure failure, Instant failedAt)
        implements RetentionEvent {}

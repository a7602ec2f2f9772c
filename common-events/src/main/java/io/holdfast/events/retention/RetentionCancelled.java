package io.holdfast.events.retention;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A run of the retention role was stopped because somebody asked. What it had done counts; the next run goes on.
 *
 * @param cancelledBy who asked, for people
 * @param reason      why, for people
 */
public record RetentionCancelled(
        TargetId target,
        RepositoryId repository,
        Instant cancelledAt,
        @Nullable String cancelledBy,
        @Nullable String reason)
        implements RetentionEvent {}

package io.holdfast.events.alert;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was wrong is right again.
 *
 * @param key        that of the alert that was raised
 * @param kind       what sort of matter
 * @param target     whose, if it is one target's
 * @param repository where, if it is about one repository
 * @param summary    what is right again, in one line
 * @param resolvedAt when it became right
 */
public record AlertResolved(
        AlertKey key,
        AlertKind kind,
        @Nullable TargetId target,
        @Nullable RepositoryId repository,
        String summary,
        Instant resolvedAt)
        implements AlertEvent {}

package io.holdfast.events.alert;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something is wrong, and somebody has to know. Said again as often as one likes: for one key people are told once, until
 * it is resolved.
 *
 * @param key        what it is about, the same each time
 * @param kind       what sort of matter: routes and runbooks go by it
 * @param level      how loudly it is told
 * @param target     whose, if it is one target's
 * @param repository where, if it is about one repository
 * @param summary    what is wrong, in one line, without secrets
 * @param hint       what to do about it
 * @param runbook    address of a page that tells more
 * @param since      since when it is wrong
 */
public record AlertRaised(
        AlertKey key,
        AlertKind kind,
        AlertLevel level,
        @Nullable TargetId target,
        @Nullable RepositoryId repository,
        String summary,
        String hint,
        @Nullable String runbook,
        Instant since)
        implements AlertEvent {}

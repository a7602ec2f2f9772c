package io.holdfast.events.wal;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;

/**
 * The log reaches the repository again, after {@link WalInterrupted}. Nothing is missing, unless a
 * {@link ContinuityLost} says so.
 *
 * @param since     when it began to stand still
 * @param resumedAt when it went on
 */
public record WalResumed(TargetId target, RepositoryId repository, Instant since, Instant resumedAt)
        implements ArchivingEvent {}

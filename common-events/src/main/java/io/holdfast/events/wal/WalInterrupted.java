package io.holdfast.events.wal;

import io.holdfast.events.Failure;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The log does not reach the repository, or not fast enough: a loss of the server now would lose what was written since.
 * Said once, until {@link WalResumed}; base backups are made all the same.
 *
 * @param since         when it began to stand still
 * @param archivedUntil everything that was committed until then is in the repository; absent where nothing is known
 * @param failure       why, and what to do
 */
public record WalInterrupted(
        TargetId target,
        RepositoryId repository,
        Instant since,
        @Nullable Instant archivedUntil,
        Failure failure) implements ArchivingEvent {}

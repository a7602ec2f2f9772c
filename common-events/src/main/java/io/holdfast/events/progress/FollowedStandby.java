package io.holdfast.events.progress;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A standby that a restore-worker answers.
 *
 * @param target          whose log it follows
 * @param repository      where that lies
 * @param directory       its data directory, on the worker's host
 * @param lsn             how far it has replayed; absent: it could not be asked lately
 * @param lastTransaction when the last transaction that it has was committed or rolled back; absent: none since it began, or
 *                        it could not be asked
 * @param upToDate        when it last had all that was stored
 * @param trouble         why it is not answered; absent: it is
 */
public record FollowedStandby(
        TargetId target,
        RepositoryId repository,
        String directory,
        @Nullable String lsn,
        @Nullable Instant lastTransaction,
        Instant upToDate,
        @Nullable String trouble) {}

package io.holdfast.events.wal;

import io.holdfast.events.EventId;
import io.holdfast.events.Failure;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The server no longer has log that the repository lacks: its slot was invalidated or dropped, or another cluster is in
 * its place. Archiving goes on from where it can, and a base backup is asked for by itself.
 *
 * @param systemIdentifier of the cluster that archiving goes on with, decimal
 * @param timeline         the timeline that {@code fromLsn} is on
 * @param fromLsn          behind the last byte that is durable in the repository
 * @param toLsn            where archiving goes on; absent where another cluster is in its place
 * @param archivedUntil    everything that was committed until then is in the repository; absent where that is not known
 * @param failure          why, and what to do
 * @param backupRequest    the id of the request for the base backup
 */
public record ContinuityLost(
        TargetId target,
        RepositoryId repository,
        String systemIdentifier,
        int timeline,
        String fromLsn,
        @Nullable String toLsn,
        @Nullable Instant archivedUntil,
        Failure failure,
        @Nullable EventId backupRequest,
        Instant noticedAt)
        implements ArchivingEvent {}

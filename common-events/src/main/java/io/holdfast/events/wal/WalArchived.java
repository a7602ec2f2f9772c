package io.holdfast.events.wal;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;

/**
 * More of the log is durable in the repository. Said at most about once a minute for each target, and only while the
 * server writes something.
 *
 * @param systemIdentifier of the cluster, decimal
 * @param timeline         the timeline that {@code toLsn} is on
 * @param fromLsn          where the event before ended, such as {@code 0/3000028}
 * @param toLsn            behind the last byte that is durable
 * @param segments         segments that were completed since the event before
 * @param bytes            bytes of the log between the two positions
 * @param archivedUntil    everything that was committed until then, by the server's clock, is in the repository
 */
public record WalArchived(
        TargetId target,
        RepositoryId repository,
        String systemIdentifier,
        int timeline,
        String fromLsn,
        String toLsn,
        long segments,
        long bytes,
        Instant archivedUntil)
        implements ArchivingEvent {}

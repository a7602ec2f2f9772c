package io.holdfast.events.wal;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

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
 * @param forkedFrom       where the timeline left the one before it; absent on the first, and where that is not known
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
        Instant archivedUntil,
        @Nullable TimelineFork forkedFrom)
        implements ArchivingEvent {

    /** Of the first timeline, or one of which it is not known where it began. */
    public WalArchived(
            TargetId target,
            RepositoryId repository,
            String systemIdentifier,
            int timeline,
            String fromLsn,
            String toLsn,
            long segments,
            long bytes,
            Instant archivedUntil) {
        this(target, repository, systemIdentifier, timeline, fromLsn, toLsn, segments, bytes, archivedUntil, null);
    }

    /** The same, with where its timeline left the one before. */
    public WalArchived withForkedFrom(@Nullable TimelineFork fork) {
        return new WalArchived(
                target, repository, systemIdentifier, timeline, fromLsn, toLsn, segments, bytes, archivedUntil, fork);
    }

    /**
     * Where a timeline left another one.
     *
     * @param timeline the one that it left
     * @param lsn      the first byte that is its own, such as {@code 0/3000060}
     */
    public record TimelineFork(int timeline, String lsn) {}
}

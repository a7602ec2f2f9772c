package io.holdfast.events.wal;

import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A piece of the log is not in the repository, or not as the server wrote it: no moment behind it can be recovered to
 * from the backups before it. A base backup is asked for by itself.
 *
 * @param systemIdentifier of the cluster, decimal
 * @param fromLsn          the first byte that cannot be used
 * @param toLsn            the first byte behind it that can
 * @param reason           {@code missing}, {@code damaged} or {@code foreign} (another cluster's); may gain values
 * @param segments         names of the segments concerned; at most 100 are listed
 * @param detail           for people
 * @param recoverableUntil to where the backups before it can be recovered; absent where that is not known
 * @param detectedAt       when it was noticed
 */
public record WalGapDetected(
        TargetId target,
        RepositoryId repository,
        String systemIdentifier,
        int timeline,
        String fromLsn,
        String toLsn,
        String reason,
        @Nullable List<String> segments,
        String detail,
        @Nullable Instant recoverableUntil,
        Instant detectedAt)
        implements ArchivingEvent {

    public WalGapDetected {
        segments = segments == null ? null : List.copyOf(segments);
    }
}

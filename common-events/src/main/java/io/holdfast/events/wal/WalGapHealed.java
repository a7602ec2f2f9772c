package io.holdfast.events.wal;

import io.holdfast.events.BackupId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A gap no longer keeps the newest moments from being recovered: a base backup was made behind it, or the log arrived
 * after all. Its correlation id is the id of the event that said the gap.
 *
 * @param systemIdentifier of the cluster, decimal
 * @param fromLsn          as the gap was said
 * @param toLsn            as the gap was said
 * @param backup           the base backup that was made behind it; absent where the log arrived after all
 * @param recoverableFrom  from when on moments behind the gap can be recovered; absent where nothing is missing any more
 */
public record WalGapHealed(
        TargetId target,
        RepositoryId repository,
        String systemIdentifier,
        int timeline,
        String fromLsn,
        String toLsn,
        @Nullable BackupId backup,
        @Nullable Instant recoverableFrom,
        Instant healedAt)
        implements ArchivingEvent {}

package io.holdfast.events.restore;

import io.holdfast.events.BackupId;
import io.holdfast.events.Failure;
import io.holdfast.events.RestoreId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import io.holdfast.events.verification.Damage;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A restore failed.
 *
 * @param damages when the repository is damaged: what
 * @param dryRun  whether it was only to be said what would be done; absent: no
 */
public record RestoreFailed(
        RestoreId restoreId,
        BackupId backupId,
        TargetId target,
        SiteName site,
        @Nullable Instant startedAt,
        Instant failedAt,
        int attempts,
        Failure failure,
        @Nullable List<Damage> damages,
        @Nullable Boolean dryRun)
        implements RestoreEvent {

    /** One that would have changed something. */
    public RestoreFailed(
            RestoreId restoreId,
            BackupId backupId,
            TargetId target,
            SiteName site,
            @Nullable Instant startedAt,
            Instant failedAt,
            int attempts,
            Failure failure,
            @Nullable List<Damage> damages) {
        this(restoreId, backupId, target, site, startedAt, failedAt, attempts, failure, damages, null);
    }

    public RestoreFailed {
        damages = damages == null ? null : List.copyOf(damages);
    }
}

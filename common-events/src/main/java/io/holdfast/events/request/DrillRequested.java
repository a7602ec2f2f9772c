package io.holdfast.events.request;

import io.holdfast.events.BackupId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Show that this target can be brought back: restore a backup in a sandbox, recover it, look at it, and remove it again.
 * Acted on only when signed by the control plane, not expired, and not used before.
 *
 * @param target      whose backup
 * @param repository  where it lies
 * @param site        which site's restore-workers are meant
 * @param backupId    which; absent: as picked
 * @param moment      how far it is recovered; absent: as picked
 * @param pick        what is taken where the request names nothing
 * @param seed        of what is picked at random: the same repository and seed give the same drill
 * @param checks      what has to be found
 * @param acceptUnencrypted take also a backup that is not encrypted, though its repository encrypts; absent: no
 * @param reason      why, for people
 * @param requestedBy who asks, for people
 * @param dueAt       for a scheduled drill: when it was due
 */
public record DrillRequested(
        TargetId target,
        RepositoryId repository,
        SiteName site,
        @Nullable BackupId backupId,
        @Nullable RecoveryTarget moment,
        DrillPick pick,
        long seed,
        DrillChecks checks,
        @Nullable Boolean acceptUnencrypted,
        @Nullable String reason,
        @Nullable String requestedBy,
        @Nullable Instant dueAt)
        implements RequestData {}

package io.holdfast.events.request;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bring a backup back. Acted on only when signed by the control plane, not expired, and not used before.
 *
 * @param target       whose backup
 * @param backupId     which
 * @param kind         what sort of backup it is
 * @param repository   where it lies
 * @param manifest     the key of its manifest in the repository
 * @param site         which site's restore-workers are meant
 * @param destination  where it goes
 * @param checks       statements to run on what was restored, each giving one value
 * @param acceptDamage restore what can be read of a damaged backup, and say what is missing
 * @param reason       why, for people
 * @param requestedBy  who asks, for people
 * @param acceptUnencrypted restore also a backup that is not encrypted, though its repository encrypts
 * @param recoveryTarget physical only: how far the cluster is recovered; absent: to the backup's end
 * @param dryRun         physical only: change nothing, and say what would be done ({@code restore.planned.v1}); absent: no
 * @param verifyFirst    physical only: read all stored bytes that are needed and compare them with their digests before
 *                       anything is touched; absent: no
 * @param hooks        programs of the restoring host to run around it; absent: none
 */
public record RestoreRequested(
        TargetId target,
        BackupId backupId,
        BackupKind kind,
        RepositoryId repository,
        String manifest,
        SiteName site,
        RestoreDestination destination,
        List<SqlCheck> checks,
        boolean acceptDamage,
        @Nullable String reason,
        @Nullable String requestedBy,
        @Nullable Boolean acceptUnencrypted,
        @Nullable RecoveryTarget recoveryTarget,
        @Nullable Boolean dryRun,
        @Nullable Boolean verifyFirst,
        @Nullable RestoreHooks hooks)
        implements RequestData {

    public RestoreRequested {
        checks = List.copyOf(checks);
    }

    /** To the backup's end; of a backup that is encrypted if its repository encrypts. */
    public RestoreRequested(
            TargetId target,
            BackupId backupId,
            BackupKind kind,
            RepositoryId repository,
            String manifest,
            SiteName site,
            RestoreDestination destination,
            List<SqlCheck> checks,
            boolean acceptDamage,
            @Nullable String reason,
            @Nullable String requestedBy) {
        this(
                target,
                backupId,
                kind,
                repository,
                manifest,
                site,
                destination,
                checks,
                acceptDamage,
                reason,
                requestedBy,
                null,
                null,
                null,
                null,
                null);
    }

    /** Without hooks, and done at once. */
    public RestoreRequested(
            TargetId target,
            BackupId backupId,
            BackupKind kind,
            RepositoryId repository,
            String manifest,
            SiteName site,
            RestoreDestination destination,
            List<SqlCheck> checks,
            boolean acceptDamage,
            @Nullable String reason,
            @Nullable String requestedBy,
            @Nullable Boolean acceptUnencrypted,
            @Nullable RecoveryTarget recoveryTarget) {
        this(
                target,
                backupId,
                kind,
                repository,
                manifest,
                site,
                destination,
                checks,
                acceptDamage,
                reason,
                requestedBy,
                acceptUnencrypted,
                recoveryTarget,
                null,
                null,
                null);
    }

    /** Whether nothing is to be changed. */
    public boolean changesNothing() {
        return Boolean.TRUE.equals(dryRun);
    }
}

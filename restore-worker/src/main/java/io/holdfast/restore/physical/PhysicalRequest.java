package io.holdfast.restore.physical;

import io.holdfast.events.RestoreId;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.window.StoredWindow;
import io.holdfast.restore.replay.StandbyWal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to restore, and how.
 *
 * @param restore the restore's identity: a second run with the same one goes on with what a killed one left
 * @param place where the backup lies
 * @param dataDirectory as asked for, not yet admitted
 * @param tablespaces where tablespaces are wanted, by oid
 * @param delta restore over the cluster that lies there, if one does
 * @param keepRunning leave the server running
 * @param port to listen on, on 127.0.0.1; absent: a free one
 * @param checks the request's own statements
 * @param acceptDamage restore what can be read
 * @param encryptedOnly refuse a backup that is not encrypted
 * @param role who the operator connects as, if that role exists
 * @param database which database the operator connects to, if it exists
 * @param recoverTo a moment to recover to; absent: the backup's end
 * @param standby the log to follow as a standby from there on; absent: it becomes a server of its own. Needs {@code
 *     keepRunning}, and all that is stored as the moment
 * @param safetyBackup with {@code delta}: keep what lies there beside, and put it back if the restore fails for good
 */
public record PhysicalRequest(
        RestoreId restore,
        TargetPlace place,
        BackupId backup,
        String dataDirectory,
        Map<String, String> tablespaces,
        boolean delta,
        boolean keepRunning,
        @Nullable Integer port,
        List<SqlCheck> checks,
        boolean acceptDamage,
        boolean encryptedOnly,
        @Nullable String role,
        @Nullable String database,
        @Nullable RecoverTo recoverTo,
        @Nullable StandbyWal standby,
        boolean safetyBackup) {
    public PhysicalRequest {
        if (standby != null
                && !(keepRunning && recoverTo != null && recoverTo.target() instanceof RecoveryTarget.Latest)) {
            throw new IllegalArgumentException("a standby is left running, and follows all that is stored");
        }
        tablespaces = Map.copyOf(tablespaces);
        checks = List.copyOf(checks);
    }

    /** No standby, and keeps nothing. */
    public PhysicalRequest(
            RestoreId restore,
            TargetPlace place,
            BackupId backup,
            String dataDirectory,
            Map<String, String> tablespaces,
            boolean delta,
            boolean keepRunning,
            @Nullable Integer port,
            List<SqlCheck> checks,
            boolean acceptDamage,
            boolean encryptedOnly,
            @Nullable String role,
            @Nullable String database,
            @Nullable RecoverTo recoverTo) {
        this(
                restore,
                place,
                backup,
                dataDirectory,
                tablespaces,
                delta,
                keepRunning,
                port,
                checks,
                acceptDamage,
                encryptedOnly,
                role,
                database,
                recoverTo,
                null,
                false);
    }

    /** Keeps nothing. */
    public PhysicalRequest(
            RestoreId restore,
            TargetPlace place,
            BackupId backup,
            String dataDirectory,
            Map<String, String> tablespaces,
            boolean delta,
            boolean keepRunning,
            @Nullable Integer port,
            List<SqlCheck> checks,
            boolean acceptDamage,
            boolean encryptedOnly,
            @Nullable String role,
            @Nullable String database,
            @Nullable RecoverTo recoverTo,
            @Nullable StandbyWal standby) {
        this(
                restore,
                place,
                backup,
                dataDirectory,
                tablespaces,
                delta,
                keepRunning,
                port,
                checks,
                acceptDamage,
                encryptedOnly,
                role,
                database,
                recoverTo,
                standby,
                false);
    }

    /**
     * A moment to recover to.
     *
     * @param window what is stored of the backup's cluster
     */
    public record RecoverTo(RecoveryTarget target, StoredWindow window) {}
}

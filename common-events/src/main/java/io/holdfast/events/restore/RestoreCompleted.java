package io.holdfast.events.restore;

import io.holdfast.events.BackupId;
import io.holdfast.events.RestoreId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.verification.Damage;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A backup is back: recovered, queried, and every check as expected.
 *
 * @param directory    physical: where it is
 * @param connection   libpq connection string without password; absent when the server was stopped again
 * @param running      whether the restored server was left running
 * @param bytes        bytes of what is back, WAL included
 * @param phases       how long each phase took, in order
 * @param checks       what the checks gave
 * @param missing      with damage accepted: what could not be restored
 * @param comparison   where something was there before: what became of it
 * @param recoveredTo  physical: how far it was recovered; absent: a worker said it that did not tell yet
 * @param recoveryTarget physical: the moment that was asked for; absent: the backup's end
 * @param keptAside    where what lay there before is kept; absent: nothing is
 * @param warnings     what somebody should know before relying on it, in words; absent: nothing
 * @param report       the file on the restoring host that holds the report of this; absent: there is none
 */
public record RestoreCompleted(
        RestoreId restoreId,
        BackupId backupId,
        TargetId target,
        SiteName site,
        @Nullable String directory,
        @Nullable String connection,
        boolean running,
        long bytes,
        Instant startedAt,
        Instant finishedAt,
        List<Phase> phases,
        List<CheckResult> checks,
        @Nullable List<Damage> missing,
        @Nullable Comparison comparison,
        @Nullable RecoveredTo recoveredTo,
        @Nullable RecoveryTarget recoveryTarget,
        @Nullable List<String> keptAside,
        @Nullable List<String> warnings,
        @Nullable String report)
        implements RestoreEvent {

    /** Nothing was kept, nothing is to be warned of, and there is no report. */
    public RestoreCompleted(
            RestoreId restoreId,
            BackupId backupId,
            TargetId target,
            SiteName site,
            @Nullable String directory,
            @Nullable String connection,
            boolean running,
            long bytes,
            Instant startedAt,
            Instant finishedAt,
            List<Phase> phases,
            List<CheckResult> checks,
            @Nullable List<Damage> missing,
            @Nullable Comparison comparison,
            @Nullable RecoveredTo recoveredTo) {
        this(
                restoreId,
                backupId,
                target,
                site,
                directory,
                connection,
                running,
                bytes,
                startedAt,
                finishedAt,
                phases,
                checks,
                missing,
                comparison,
                recoveredTo,
                null,
                null,
                null,
                null);
    }

    public RestoreCompleted {
        phases = List.copyOf(phases);
        checks = List.copyOf(checks);
        missing = missing == null ? null : List.copyOf(missing);
        keptAside = keptAside == null ? null : List.copyOf(keptAside);
        warnings = warnings == null ? null : List.copyOf(warnings);
    }

    /** The same with other phases and checks. */
    public RestoreCompleted with(List<Phase> others, List<CheckResult> found) {
        return with(others, found, warnings, report);
    }

    /** The same with what is to be warned of, and the file of its report. */
    public RestoreCompleted reported(List<String> toKnow, @Nullable String file) {
        return with(phases, checks, toKnow.isEmpty() ? null : toKnow, file);
    }

    private RestoreCompleted with(
            List<Phase> others, List<CheckResult> found, @Nullable List<String> toKnow, @Nullable String file) {
        return new RestoreCompleted(
                restoreId,
                backupId,
                target,
                site,
                directory,
                connection,
                running,
                bytes,
                startedAt,
                finishedAt,
                others,
                found,
                missing,
                comparison,
                recoveredTo,
                recoveryTarget,
                keptAside,
                toKnow,
                file);
    }

    /**
     * One phase of a restore.
     *
     * @param name    {@code fetch}, {@code start}, {@code recover}, {@code check}, {@code load} …; {@code before} and
     *                {@code after}: the hooks around it
     * @param seconds how long it took
     */
    public record Phase(String name, double seconds) {}

    /**
     * What one check gave.
     *
     * @param name     what was checked
     * @param database where
     * @param value    the value's text
     * @param expected what it had to be; absent when only reported
     */
    public record CheckResult(
            String name,
            @Nullable String database,
            @Nullable String value,
            @Nullable String expected) {}

    /**
     * What a restore over something did: a delta, or one that went on where an attempt before it had been broken off.
     *
     * @param bytesKept    were there already, and are as in the backup
     * @param bytesFetched came out of the repository, WAL included
     * @param filesRemoved files that the backup does not have
     */
    public record Comparison(long bytesKept, long bytesFetched, long filesRemoved) {}

    /**
     * How far a cluster was recovered.
     *
     * @param timeline        the timeline that was followed to there
     * @param lsn             where recovery ended: the byte behind the last record that was replayed
     * @param lastTransaction when the last transaction that is in it was committed or rolled back, by its server's clock;
     *                        absent: none since the backup began
     * @param xid             for a transaction as target: its id; the last one that is in it, or with {@code exclusive} the
     *                        first that is not
     */
    public record RecoveredTo(
            int timeline,
            String lsn,
            @Nullable Instant lastTransaction,
            @Nullable Long xid) {}
}

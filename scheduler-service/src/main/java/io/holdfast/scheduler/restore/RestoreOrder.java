package io.holdfast.scheduler.restore;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.holdfast.events.request.RestoreHooks;
import io.holdfast.events.request.SqlCheck;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /api/backup/restore} and of {@code POST /api/backup/restore/pitr}.
 *
 * @param backupId       which backup; with {@code target} and a moment it may be absent: the newest that comes before it
 * @param target         whose backup; only where {@code backupId} is absent
 * @param latest         physical: recover as far as the stored WAL reaches
 * @param toTime         physical: recover to this moment, with a zone: {@code 2026-11-21T10:00:00Z}
 * @param toLsn          physical: recover to this position, {@code 2/3A0001F8}
 * @param toXid          physical: recover to this transaction
 * @param toName         physical: recover to this restore point
 * @param exclusive      leave out what lies exactly there
 * @param timeline       which timeline is followed: {@code latest} (when absent), {@code current} or a number
 * @param site           where its restore-workers are; {@code local} when absent
 * @param directory      physical: a directory on the site's host; fresh, unless {@code delta}
 * @param start          physical: leave the restored server running
 * @param port           physical: the port it listens on; any free one when absent
 * @param tablespaces    physical: where each tablespace goes, by its oid
 * @param intoDatabase   logical, or for a part of a physical backup: {@code postgresql://user@host:port/database}, without a
 *                       password
 * @param password       of that server: reference to the password, {@code env:NAME} or {@code file:/path}
 * @param sourceDatabase which of the backup's databases
 * @param schemas        of that database only these schemas, by their names
 * @param tables         of that database only these tables, each {@code schema.table}, with double quotes around odd names
 * @param jobs           logical: how many connections load at the same time
 * @param checks         statements to run on what was restored
 * @param delta          physical: restore over the stopped cluster that lies in the directory, fetching what differs
 * @param acceptDamage   restore what can be read of a damaged backup
 * @param acceptUnencrypted restore a backup that is not encrypted, though its repository encrypts
 * @param standby        physical: leave it running as a standby that follows the repository; the moment is {@code latest}
 * @param hooks          programs of the site's host to run around it, by their names there: {@code before}, {@code after}
 * @param dryRun         physical: change nothing, and say what would be done
 * @param verifyFirst    physical: read the stored bytes that are needed before anything is touched
 * @param confirm        the target's name; needed with {@code delta}
 * @param safetyBackup   physical, with {@code delta}: keep what lies there beside, and put it back if the restore fails
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record RestoreOrder(
        @Nullable String backupId,
        @Nullable String target,
        @Nullable Boolean latest,
        @Nullable String toTime,
        @Nullable String toLsn,
        @Nullable Long toXid,
        @Nullable String toName,
        @Nullable Boolean exclusive,
        @Nullable String timeline,
        @Nullable String site,
        @Nullable String directory,
        @Nullable Boolean start,
        @Nullable Integer port,
        @Nullable Map<String, String> tablespaces,
        @Nullable Boolean delta,
        @Nullable String intoDatabase,
        @Nullable String password,
        @Nullable String sourceDatabase,
        @Nullable List<String> schemas,
        @Nullable List<String> tables,
        @Nullable Integer jobs,
        @Nullable List<SqlCheck> checks,
        @Nullable Boolean acceptDamage,
        @Nullable Boolean acceptUnencrypted,
        @Nullable Boolean dryRun,
        @Nullable Boolean verifyFirst,
        @Nullable String confirm,
        @Nullable String reason,
        @Nullable String requestedBy,
        @Nullable Boolean standby,
        @Nullable RestoreHooks hooks,
        @Nullable Boolean safetyBackup) {

    /** Whether it says a moment to recover to. */
    public boolean namesMoment() {
        return Boolean.TRUE.equals(latest) || toTime != null || toLsn != null || toXid != null || toName != null;
    }
}

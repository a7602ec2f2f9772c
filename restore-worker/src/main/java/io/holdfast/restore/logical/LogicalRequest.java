package io.holdfast.restore.logical;

import io.holdfast.events.RestoreId;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.TargetPlace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which dump to load, and where.
 *
 * @param restore whose attempt this is; tells its own earlier attempts from others
 * @param sourceDatabase which of the backup's databases; may be absent where there is only one
 * @param selection what of that database
 * @param jobs over how many connections to load at the same time, where that can be done; at least 1
 * @param checks the request's own statements; without a database they mean the one that is loaded
 * @param encryptedOnly refuse a backup that is not encrypted
 */
public record LogicalRequest(
        RestoreId restore,
        TargetPlace place,
        BackupId backup,
        ServerAddress to,
        @Nullable String sourceDatabase,
        Selection selection,
        int jobs,
        List<SqlCheck> checks,
        boolean encryptedOnly) {
    public LogicalRequest {
        checks = List.copyOf(checks);
    }

    LoadOrder order() {
        return new LoadOrder(restore, to, selection, jobs, checks);
    }
}

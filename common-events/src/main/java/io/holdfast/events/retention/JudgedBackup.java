package io.holdfast.events.retention;

import io.holdfast.events.BackupId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a backup.
 *
 * @param startedAt when it was begun, by its maker's clock
 * @param verdict   {@code keep}, {@code wait} (no rule keeps it, but something else does for now) or {@code remove}
 * @param reasons   why, for people; all rules that keep it, if it stays
 * @param awaitsApproval whether it waits until somebody agrees that it goes; absent: no
 */
public record JudgedBackup(
        BackupId backupId,
        Instant startedAt,
        String verdict,
        List<String> reasons,
        @Nullable Boolean awaitsApproval) {

    public JudgedBackup {
        reasons = List.copyOf(reasons);
    }
}

package io.holdfast.repository.sweep;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.store.ObjectKey;
import java.time.Instant;

/**
 * A backup is not to be deleted, whatever a policy says.
 *
 * @param id tells holds of a backup apart
 * @param reason for people
 * @param heldBy who wanted it
 */
public record Hold(BackupId backup, String id, String reason, String heldBy, Instant heldAt) {
    public Hold {
        ObjectKey.requireName(id, "hold");
    }
}

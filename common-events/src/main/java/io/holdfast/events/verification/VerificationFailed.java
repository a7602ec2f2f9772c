package io.holdfast.events.verification;

import io.holdfast.events.BackupId;
import io.holdfast.events.Failure;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A backup was read back and is not whole, or could not be read.
 *
 * @param damages what is damaged; at most 100 are listed
 * @param damaged how many damages there are in all
 * @param level   how much was looked at; absent where the backup could not be read, and in events of before
 */
public record VerificationFailed(
        BackupId backupId,
        TargetId target,
        RepositoryId repository,
        Instant startedAt,
        Instant failedAt,
        Failure failure,
        List<Damage> damages,
        long damaged,
        @Nullable VerificationLevel level)
        implements VerificationEvent {

    public VerificationFailed {
        damages = List.copyOf(damages);
    }
}

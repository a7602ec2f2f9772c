package io.holdfast.verifier.request;

import io.holdfast.events.BackupId;
import io.holdfast.events.EventData;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.request.VerificationRequested;
import io.holdfast.events.verification.VerificationLevel;
import java.util.Optional;

/**
 * What is to be verified.
 *
 * @param manifest the key of the backup's manifest in the repository
 * @param level    how much to look at; as configured where nobody said
 */
record Subject(
        TargetId target, BackupId backup, RepositoryId repository, String manifest, Optional<VerificationLevel> level) {

    /** @throws IllegalArgumentException if the event asks for no verification */
    static Subject of(EventData data) {
        if (data instanceof BackupCompleted completed) {
            return new Subject(
                    completed.target(),
                    completed.backupId(),
                    completed.repository(),
                    completed.manifest(),
                    Optional.empty());
        }
        if (data instanceof VerificationRequested wanted) {
            return new Subject(
                    wanted.target(),
                    wanted.backupId(),
                    wanted.repository(),
                    wanted.manifest(),
                    Optional.ofNullable(wanted.level()));
        }
        throw new IllegalArgumentException(data.getClass().getSimpleName() + " asks for no verification");
    }
}

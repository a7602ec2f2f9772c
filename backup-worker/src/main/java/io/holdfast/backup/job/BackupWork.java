package io.holdfast.backup.job;

import io.holdfast.events.BackupId;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.repository.TargetName;

/**
 * What is to be backed up, how, and where to.
 *
 * @param backup the backup that the request asks for
 */
record BackupWork(BackupId backup, BackupRequested request, TargetDefined target, RepositoryDefined repository) {
    /** The backup as the repository names it. */
    io.holdfast.repository.BackupId storedId() {
        return new io.holdfast.repository.BackupId(backup.toString());
    }

    /** The target as the repository names it. */
    TargetName storedTarget() {
        return new TargetName(target.target().value());
    }
}

package io.holdfast.events.backup;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.EventData;
import io.holdfast.events.TargetId;

/** What happened to one backup. */
public sealed interface BackupEvent extends EventData
        permits BackupStarted, BackupCompleted, BackupFailed, BackupCancelled, BackupMissed {

    BackupId backupId();

    TargetId target();

    BackupKind kind();

    @Override
    default String subject() {
        return target().value();
    }
}

package io.holdfast.events.restore;

import io.holdfast.events.BackupId;
import io.holdfast.events.EventData;
import io.holdfast.events.RestoreId;
import io.holdfast.events.TargetId;

/** What happened to one restore. */
public sealed interface RestoreEvent extends EventData
        permits RestoreStarted, RestorePlanned, RestoreCompleted, RestoreFailed, RestoreCancelled {

    RestoreId restoreId();

    BackupId backupId();

    TargetId target();

    @Override
    default String subject() {
        return target().value();
    }
}

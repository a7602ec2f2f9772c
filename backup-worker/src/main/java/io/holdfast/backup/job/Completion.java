package io.holdfast.backup.job;

import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.runtime.repository.CompletedBackup;

/** Says a completed backup as it was asked for. Pure. */
final class Completion {
    private Completion() {}

    static BackupCompleted of(BackupWork work, BackupManifest manifest) {
        BackupRequested request = work.request();
        return new CompletedBackup(
                        request.kind(), work.repository().repository(), request.reason(), request.requestedBy())
                .of(manifest);
    }
}

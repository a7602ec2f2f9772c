package io.holdfast.events.verification;

import io.holdfast.events.BackupId;
import io.holdfast.events.EventData;
import io.holdfast.events.TargetId;

/** What reading a backup back showed. */
public sealed interface VerificationEvent extends EventData
        permits BackupVerified, VerificationFailed, VerificationCancelled {

    BackupId backupId();

    TargetId target();

    @Override
    default String subject() {
        return target().value();
    }
}

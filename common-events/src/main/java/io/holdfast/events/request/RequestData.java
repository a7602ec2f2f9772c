package io.holdfast.events.request;

import io.holdfast.events.EventData;
import io.holdfast.events.TargetId;

/** Something that is asked for. */
public sealed interface RequestData extends EventData
        permits BackupRequested,
                VerificationRequested,
                CancellationRequested,
                RestoreRequested,
                DrillRequested,
                RetentionRequest {

    TargetId target();

    @Override
    default String subject() {
        return target().value();
    }
}

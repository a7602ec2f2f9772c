package io.holdfast.events.wal;

import io.holdfast.events.EventData;
import io.holdfast.events.TargetId;

/** What happened to the write-ahead log of a target's cluster. */
public sealed interface ArchivingEvent extends EventData
        permits WalArchived, WalInterrupted, WalResumed, WalGapDetected, WalGapHealed, ContinuityLost {

    TargetId target();

    @Override
    default String subject() {
        return target().value();
    }
}

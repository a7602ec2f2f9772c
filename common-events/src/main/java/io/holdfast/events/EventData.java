package io.holdfast.events;

import io.holdfast.events.alert.AlertEvent;
import io.holdfast.events.backup.BackupEvent;
import io.holdfast.events.definition.Definition;
import io.holdfast.events.drill.DrillEvent;
import io.holdfast.events.progress.ProgressEvent;
import io.holdfast.events.request.RequestData;
import io.holdfast.events.restore.RestoreEvent;
import io.holdfast.events.retention.RetentionEvent;
import io.holdfast.events.verification.VerificationEvent;
import io.holdfast.events.wal.ArchivingEvent;

/** What an event says. Every kind is a record; {@link EventType} gives each its name and its topic. */
public sealed interface EventData
        permits RequestData,
                BackupEvent,
                VerificationEvent,
                RestoreEvent,
                DrillEvent,
                RetentionEvent,
                ArchivingEvent,
                AlertEvent,
                ProgressEvent,
                Definition {

    /**
     * What the event is about, as the CloudEvents subject and the Kafka key: the target's name, for alerts their key, or for
     * definitions {@code kind/name}. Order holds among events of one subject.
     */
    String subject();
}

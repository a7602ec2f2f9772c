package io.holdfast.events;

import io.holdfast.events.alert.AlertAcknowledged;
import io.holdfast.events.alert.AlertRaised;
import io.holdfast.events.alert.AlertResolved;
import io.holdfast.events.alert.AlertTestRequested;
import io.holdfast.events.alert.AlertTested;
import io.holdfast.events.backup.BackupCancelled;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.backup.BackupFailed;
import io.holdfast.events.backup.BackupMissed;
import io.holdfast.events.backup.BackupStarted;
import io.holdfast.events.definition.DefinitionRemoved;
import io.holdfast.events.definition.NotificationsDefined;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.events.drill.DrillCancelled;
import io.holdfast.events.drill.DrillCompleted;
import io.holdfast.events.drill.DrillFailed;
import io.holdfast.events.drill.DrillStarted;
import io.holdfast.events.progress.JobProgressed;
import io.holdfast.events.progress.WorkerHeartbeat;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.events.request.CancellationRequested;
import io.holdfast.events.request.DrillRequested;
import io.holdfast.events.request.HoldRequested;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.events.request.RetentionRequested;
import io.holdfast.events.request.VerificationRequested;
import io.holdfast.events.restore.RestoreCancelled;
import io.holdfast.events.restore.RestoreCompleted;
import io.holdfast.events.restore.RestoreFailed;
import io.holdfast.events.restore.RestorePlanned;
import io.holdfast.events.restore.RestoreStarted;
import io.holdfast.events.retention.ApprovalAwaited;
import io.holdfast.events.retention.BackupDeleted;
import io.holdfast.events.retention.BackupExpired;
import io.holdfast.events.retention.BackupHeld;
import io.holdfast.events.retention.BackupKept;
import io.holdfast.events.retention.BackupReleased;
import io.holdfast.events.retention.HoldFailed;
import io.holdfast.events.retention.RetentionCancelled;
import io.holdfast.events.retention.RetentionCompleted;
import io.holdfast.events.retention.RetentionFailed;
import io.holdfast.events.verification.BackupVerified;
import io.holdfast.events.verification.VerificationCancelled;
import io.holdfast.events.verification.VerificationFailed;
import io.holdfast.events.wal.ContinuityLost;
import io.holdfast.events.wal.WalArchived;
import io.holdfast.events.wal.WalGapDetected;
import io.holdfast.events.wal.WalGapHealed;
import io.holdfast.events.wal.WalInterrupted;
import io.holdfast.events.wal.WalResumed;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Every type of event: its name on the wire, its record, and the topics it may be said on (the first is where Holdfast
 * itself says it). Only optional fields are ever added to a type; anything else is a new type, {@code .v2}.
 */
public enum EventType {
    BACKUP_REQUESTED("io.holdfast.backup.requested.v1", BackupRequested.class, Topic.BACKUP_REQUESTS),
    VERIFICATION_REQUESTED("io.holdfast.verification.requested.v1", VerificationRequested.class, Topic.BACKUP_REQUESTS),
    CANCELLATION_REQUESTED(
            "io.holdfast.cancellation.requested.v1",
            CancellationRequested.class,
            Topic.BACKUP_REQUESTS,
            Topic.RESTORE_REQUESTS),
    RESTORE_REQUESTED("io.holdfast.restore.requested.v1", RestoreRequested.class, Topic.RESTORE_REQUESTS),
    DRILL_REQUESTED("io.holdfast.drill.requested.v1", DrillRequested.class, Topic.RESTORE_REQUESTS),
    RETENTION_REQUESTED("io.holdfast.retention.requested.v1", RetentionRequested.class, Topic.RESTORE_REQUESTS),
    HOLD_REQUESTED("io.holdfast.hold.requested.v1", HoldRequested.class, Topic.RESTORE_REQUESTS),

    BACKUP_STARTED("io.holdfast.backup.started.v1", BackupStarted.class, Topic.EVENTS),
    BACKUP_COMPLETED("io.holdfast.backup.completed.v1", BackupCompleted.class, Topic.EVENTS),
    BACKUP_FAILED("io.holdfast.backup.failed.v1", BackupFailed.class, Topic.EVENTS),
    BACKUP_CANCELLED("io.holdfast.backup.cancelled.v1", BackupCancelled.class, Topic.EVENTS),
    BACKUP_MISSED("io.holdfast.backup.missed.v1", BackupMissed.class, Topic.EVENTS),
    BACKUP_VERIFIED("io.holdfast.backup.verified.v1", BackupVerified.class, Topic.EVENTS),
    VERIFICATION_FAILED("io.holdfast.verification.failed.v1", VerificationFailed.class, Topic.EVENTS),
    VERIFICATION_CANCELLED("io.holdfast.verification.cancelled.v1", VerificationCancelled.class, Topic.EVENTS),
    RESTORE_STARTED("io.holdfast.restore.started.v1", RestoreStarted.class, Topic.EVENTS),
    RESTORE_PLANNED("io.holdfast.restore.planned.v1", RestorePlanned.class, Topic.EVENTS),
    RESTORE_COMPLETED("io.holdfast.restore.completed.v1", RestoreCompleted.class, Topic.EVENTS),
    RESTORE_FAILED("io.holdfast.restore.failed.v1", RestoreFailed.class, Topic.EVENTS),
    RESTORE_CANCELLED("io.holdfast.restore.cancelled.v1", RestoreCancelled.class, Topic.EVENTS),
    DRILL_STARTED("io.holdfast.drill.started.v1", DrillStarted.class, Topic.EVENTS),
    DRILL_COMPLETED("io.holdfast.drill.completed.v1", DrillCompleted.class, Topic.EVENTS),
    DRILL_FAILED("io.holdfast.drill.failed.v1", DrillFailed.class, Topic.EVENTS),
    DRILL_CANCELLED("io.holdfast.drill.cancelled.v1", DrillCancelled.class, Topic.EVENTS),

    BACKUP_EXPIRED("io.holdfast.backup.expired.v1", BackupExpired.class, Topic.EVENTS),
    BACKUP_DELETED("io.holdfast.backup.deleted.v1", BackupDeleted.class, Topic.EVENTS),
    BACKUP_KEPT("io.holdfast.backup.kept.v1", BackupKept.class, Topic.EVENTS),
    BACKUP_HELD("io.holdfast.backup.held.v1", BackupHeld.class, Topic.EVENTS),
    BACKUP_RELEASED("io.holdfast.backup.released.v1", BackupReleased.class, Topic.EVENTS),
    HOLD_FAILED("io.holdfast.hold.failed.v1", HoldFailed.class, Topic.EVENTS),
    APPROVAL_AWAITED("io.holdfast.retention.approval.awaited.v1", ApprovalAwaited.class, Topic.EVENTS),
    RETENTION_COMPLETED("io.holdfast.retention.completed.v1", RetentionCompleted.class, Topic.EVENTS),
    RETENTION_FAILED("io.holdfast.retention.failed.v1", RetentionFailed.class, Topic.EVENTS),
    RETENTION_CANCELLED("io.holdfast.retention.cancelled.v1", RetentionCancelled.class, Topic.EVENTS),

    WAL_ARCHIVED("io.holdfast.wal.archived.v1", WalArchived.class, Topic.EVENTS),
    WAL_INTERRUPTED("io.holdfast.wal.interrupted.v1", WalInterrupted.class, Topic.EVENTS),
    WAL_RESUMED("io.holdfast.wal.resumed.v1", WalResumed.class, Topic.EVENTS),
    WAL_GAP_DETECTED("io.holdfast.wal.gap.detected.v1", WalGapDetected.class, Topic.EVENTS),
    WAL_GAP_HEALED("io.holdfast.wal.gap.healed.v1", WalGapHealed.class, Topic.EVENTS),
    CONTINUITY_LOST("io.holdfast.wal.continuity.lost.v1", ContinuityLost.class, Topic.EVENTS),

    ALERT_RAISED("io.holdfast.alert.raised.v1", AlertRaised.class, Topic.ALERTS),
    ALERT_RESOLVED("io.holdfast.alert.resolved.v1", AlertResolved.class, Topic.ALERTS),
    ALERT_ACKNOWLEDGED("io.holdfast.alert.acknowledged.v1", AlertAcknowledged.class, Topic.ALERTS),
    ALERT_TEST_REQUESTED("io.holdfast.alert.test.requested.v1", AlertTestRequested.class, Topic.ALERTS),
    ALERT_TESTED("io.holdfast.alert.tested.v1", AlertTested.class, Topic.ALERTS),

    JOB_PROGRESSED("io.holdfast.job.progressed.v1", JobProgressed.class, Topic.PROGRESS),
    WORKER_HEARTBEAT("io.holdfast.worker.heartbeat.v1", WorkerHeartbeat.class, Topic.PROGRESS),

    TARGET_DEFINED("io.holdfast.target.defined.v1", TargetDefined.class, Topic.DEFINITIONS),
    REPOSITORY_DEFINED("io.holdfast.repository.defined.v1", RepositoryDefined.class, Topic.DEFINITIONS),
    NOTIFICATIONS_DEFINED("io.holdfast.notifications.defined.v1", NotificationsDefined.class, Topic.DEFINITIONS),
    DEFINITION_REMOVED("io.holdfast.definition.removed.v1", DefinitionRemoved.class, Topic.DEFINITIONS);

    private static final Map<String, EventType> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(EventType::wireName, Function.identity()));
    private static final Map<Class<?>, EventType> BY_RECORD =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(EventType::record, Function.identity()));

    private final String wireName;
    private final Class<? extends EventData> dataRecord;
    private final Topic topic;
    private final Set<Topic> topics;

    EventType(String wireName, Class<? extends EventData> dataRecord, Topic topic, Topic... others) {
        this.wireName = wireName;
        this.dataRecord = dataRecord;
        this.topic = topic;
        this.topics = Set.copyOf(EnumSet.of(topic, others));
    }

    public static Optional<EventType> named(String wireName) {
        return Optional.ofNullable(BY_NAME.get(wireName));
    }

    public static EventType of(EventData data) {
        EventType type = BY_RECORD.get(data.getClass());
        if (type == null) {
            throw new IllegalStateException(data.getClass().getName() + " has no event type");
        }
        return type;
    }

    public String wireName() {
        return wireName;
    }

    public Class<? extends EventData> record() {
        return dataRecord;
    }

    /** Where Holdfast says it. */
    public Topic topic() {
        return topic;
    }

    /** Everywhere it is understood. */
    public Set<Topic> topics() {
        return topics;
    }
}

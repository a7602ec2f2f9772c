package io.holdfast.notifier.incident;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.Failure;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.alert.AlertEvent;
import io.holdfast.events.alert.AlertLevel;
import io.holdfast.events.backup.BackupCancelled;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.backup.BackupEvent;
import io.holdfast.events.backup.BackupFailed;
import io.holdfast.events.backup.BackupMissed;
import io.holdfast.events.backup.BackupStarted;
import io.holdfast.events.definition.Definition;
import io.holdfast.events.drill.DrillEvent;
import io.holdfast.events.progress.ProgressEvent;
import io.holdfast.events.request.RequestData;
import io.holdfast.events.restore.RestoreCancelled;
import io.holdfast.events.restore.RestoreCompleted;
import io.holdfast.events.restore.RestoreEvent;
import io.holdfast.events.restore.RestoreFailed;
import io.holdfast.events.restore.RestorePlanned;
import io.holdfast.events.restore.RestoreStarted;
import io.holdfast.events.retention.RetentionCompleted;
import io.holdfast.events.retention.RetentionEvent;
import io.holdfast.events.verification.BackupVerified;
import io.holdfast.events.verification.VerificationCancelled;
import io.holdfast.events.verification.VerificationEvent;
import io.holdfast.events.verification.VerificationFailed;
import io.holdfast.events.wal.ArchivingEvent;
import io.holdfast.notifier.incident.Notice.Sort;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What events mean for incidents. Pure. */
final class Signals {

    private Signals() {}

    /**
     * The signals that an event gives; most give none. What works in one repository also ends what failed before it was
     * known where to: both are told by the same event, so people hear it once.
     */
    static List<Signal> of(Event<?> event) {
        return Stream.concat(signal(event).stream(), alsoOver(event).stream())
                .<Signal>flatMap(signal -> switch (signal) {
                    case Signal.Trouble trouble -> Stream.of(trouble);
                    case Signal.Success success ->
                        Stream.concat(
                                Stream.of(success),
                                success.matter().anywhere().stream()
                                        .map(matter -> new Signal.Success(matter, success.notice())));
                })
                .toList();
    }

    /** What an event ends beside its own matter. */
    private static List<Signal> alsoOver(Event<?> event) {
        return event.data() instanceof RetentionCompleted completed
                ? RetentionSignals.agreed(event.id(), completed)
                : AlertSignals.caughtUp(event);
    }

    private static Optional<Signal> signal(Event<?> event) {
        return switch (event.data()) {
            case BackupEvent data -> ofBackup(event.id(), data);
            case VerificationEvent data -> ofVerification(event.id(), data);
            case RestoreEvent data -> ofRestore(event.id(), data);
            case ArchivingEvent data -> ArchivingSignals.of(event.id(), data);
            case DrillEvent data -> DrillSignals.of(event.id(), data);
            case RetentionEvent data -> RetentionSignals.of(event.id(), data);
            case RequestData data -> Optional.empty();
            case ProgressEvent data -> Optional.empty();
            case Definition data -> Optional.empty();
            case AlertEvent data -> AlertSignals.of(event, data);
        };
    }

    private static Optional<Signal> ofBackup(EventId id, BackupEvent event) {
        return switch (event) {
            case BackupStarted started -> Optional.empty();
            case BackupCancelled cancelled -> Optional.empty();
            case BackupCompleted completed ->
                success(
                        Matter.backup(completed.target(), completed.kind(), completed.repository()),
                        id,
                        "The " + completed.kind().wireName() + " backup of " + completed.target() + " works again.",
                        completed.finishedAt(),
                        new Facts()
                                .add("Backup", completed.backupId())
                                .add("Repository", completed.repository())
                                .add("Bytes", completed.bytes())
                                .add("Finished", completed.finishedAt()));
            case BackupFailed failed ->
                trouble(
                        Matter.backup(failed.target(), failed.kind(), failed.repository()),
                        id,
                        "The " + failed.kind().wireName() + " backup of " + failed.target() + " failed.",
                        failed.failedAt(),
                        failed.failure(),
                        new Facts()
                                .add("Backup", failed.backupId())
                                .add("Repository", failed.repository())
                                .add("Started", failed.startedAt())
                                .add("Failed", failed.failedAt())
                                .add("Attempts", failed.attempts())
                                .add("Reason of the request", failed.reason())
                                .add("Requested by", failed.requestedBy()),
                        List.of(
                                "Once it is mended: " + again(failed.target(), failed.kind(), failed.repository())
                                        + " --wait",
                                "Until then the newest backup is an older one: holdfast list"));
            case BackupMissed missed -> Optional.of(missed(id, missed));
        };
    }

    private static Signal missed(EventId id, BackupMissed missed) {
        BackupId caughtUpBy = missed.caughtUpBy() == null ? missed.backupId() : missed.caughtUpBy();
        Matter matter = Matter.missed(missed.target(), missed.kind(), missed.repository(), caughtUpBy);
        Facts facts = new Facts()
                .add("Repository", missed.repository())
                .add("Due", missed.dueAt())
                .add("Noticed", missed.noticedAt())
                .add("Caught up by backup", missed.caughtUpBy());
        return new Signal.Trouble(
                matter,
                new Notice(
                        Sort.MISSED,
                        id,
                        null,
                        matter.title(),
                        "A scheduled " + missed.kind().wireName() + " backup of " + missed.target()
                                + " did not begin at its time, because no scheduler was running.",
                        missed.noticedAt(),
                        null,
                        facts.list(),
                        List.of(
                                missed.caughtUpBy() == null
                                        ? "Back it up now: "
                                                + again(missed.target(), missed.kind(), missed.repository())
                                                + " --wait"
                                        : "Nothing, if the backup that catches up succeeds. Others missed at the same"
                                                + " time are caught up by the same backup.",
                                "Find out why the scheduler was down."),
                        Notice.About.of(matter, AlertLevel.WARNING)));
    }

    private static Optional<Signal> ofVerification(EventId id, VerificationEvent event) {
        return switch (event) {
            case VerificationCancelled cancelled -> Optional.empty();
            case BackupVerified verified ->
                success(
                        Matter.verification(verified.target(), verified.repository()),
                        id,
                        "A backup of " + verified.target() + " was read back and found whole. Of the backup that failed"
                                + " before it says nothing, unless it is the same.",
                        verified.finishedAt(),
                        new Facts()
                                .add("Backup", verified.backupId())
                                .add("Repository", verified.repository())
                                .add("Level", verified.level().wireName())
                                .add("Finished", verified.finishedAt()));
            case VerificationFailed failed ->
                trouble(
                        Matter.verification(failed.target(), failed.repository()),
                        id,
                        "A backup of " + failed.target() + " was read back and is not good.",
                        failed.failedAt(),
                        failed.failure(),
                        new Facts()
                                .add("Backup", failed.backupId())
                                .add("Repository", failed.repository())
                                .add("Started", failed.startedAt())
                                .add("Failed", failed.failedAt())
                                .add("Damages", failed.damaged())
                                .addDamages(failed.damages()),
                        List.of(
                                "Do not rely on this backup. Make another: holdfast backup --target " + failed.target()
                                        + " --repository " + failed.repository() + " --wait-for verified",
                                "Look at the storage below the repository " + failed.repository() + "."));
        };
    }

    private static Optional<Signal> ofRestore(EventId id, RestoreEvent event) {
        Matter matter = Matter.restore(event.target());
        return switch (event) {
            case RestoreStarted started -> Optional.empty();
            case RestorePlanned planned -> Optional.empty();
            case RestoreCancelled cancelled -> Optional.empty();
            case RestoreCompleted completed ->
                success(
                        matter,
                        id,
                        "A backup of " + completed.target() + " was restored.",
                        completed.finishedAt(),
                        new Facts()
                                .add("Restore", completed.restoreId())
                                .add("Backup", completed.backupId())
                                .add("Site", completed.site())
                                .add("Directory", completed.directory())
                                .add("Finished", completed.finishedAt()));
            case RestoreFailed failed when Boolean.TRUE.equals(failed.dryRun()) -> Optional.empty();
            case RestoreFailed failed ->
                trouble(
                        matter,
                        id,
                        "Restoring a backup of " + failed.target() + " failed.",
                        failed.failedAt(),
                        failed.failure(),
                        new Facts()
                                .add("Restore", failed.restoreId())
                                .add("Backup", failed.backupId())
                                .add("Site", failed.site())
                                .add("Started", failed.startedAt())
                                .add("Failed", failed.failedAt())
                                .add("Attempts", failed.attempts())
                                .addDamages(failed.damages() == null ? List.of() : failed.damages()),
                        List.of("Once it is mended, ask again: holdfast restore --backup " + failed.backupId()));
        };
    }

    private static String again(TargetId target, BackupKind kind, @Nullable RepositoryId repository) {
        return "holdfast backup --target " + target + " --kind " + kind.wireName()
                + (repository == null ? "" : " --repository " + repository);
    }

    static Optional<Signal> trouble(
            Matter matter, EventId id, String sentence, Instant at, Failure failure, Facts facts, List<String> next) {
        Notice notice = notice(Sort.FAILED, matter, id, sentence, at, failure, facts, next);
        return Optional.of(new Signal.Trouble(matter, notice, Cause.of(matter, notice)));
    }

    static Optional<Signal> success(Matter matter, EventId id, String sentence, Instant at, Facts facts) {
        return Optional.of(
                new Signal.Success(matter, notice(Sort.RECOVERED, matter, id, sentence, at, null, facts, List.of())));
    }

    private static Notice notice(
            Sort sort,
            Matter matter,
            EventId id,
            String sentence,
            Instant at,
            @Nullable Failure failure,
            Facts facts,
            List<String> next) {
        AlertLevel level =
                failure == null ? AlertLevel.WARNING : failure.category().alertLevel();
        return new Notice(
                sort,
                id,
                null,
                matter.title(),
                sentence,
                at,
                failure,
                facts.list(),
                next,
                Notice.About.of(matter, level));
    }
}

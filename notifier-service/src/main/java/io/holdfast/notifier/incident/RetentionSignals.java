package io.holdfast.notifier.incident;

import io.holdfast.events.EventId;
import io.holdfast.events.alert.AlertLevel;
import io.holdfast.events.retention.ApprovalAwaited;
import io.holdfast.events.retention.BackupDeleted;
import io.holdfast.events.retention.BackupExpired;
import io.holdfast.events.retention.BackupHeld;
import io.holdfast.events.retention.BackupKept;
import io.holdfast.events.retention.BackupReleased;
import io.holdfast.events.retention.HoldFailed;
import io.holdfast.events.retention.RetentionCancelled;
import io.holdfast.events.retention.RetentionCompleted;
import io.holdfast.events.retention.RetentionEvent;
import io.holdfast.events.retention.RetentionFailed;
import io.holdfast.notifier.incident.Notice.About;
import io.holdfast.notifier.incident.Notice.Sort;
import java.util.List;
import java.util.Optional;

/** What retention means for incidents: that it does not run, or waits for somebody. Pure. */
final class RetentionSignals {

    private RetentionSignals() {}

    static Optional<Signal> of(EventId id, RetentionEvent event) {
        return switch (event) {
            case RetentionFailed failed ->
                failed.dryRun()
                        ? Optional.empty()
                        : Signals.trouble(
                                Matter.retention(failed.target(), failed.repository()),
                                id,
                                "What no policy keeps of " + failed.target() + " could not be removed.",
                                failed.failedAt(),
                                failed.failure(),
                                new Facts()
                                        .add("Repository", failed.repository())
                                        .add("Failed", failed.failedAt()),
                                List.of("Nothing is lost; the storage grows until it works again."));
            case RetentionCompleted completed ->
                completed.dryRun()
                        ? Optional.empty()
                        : Signals.success(
                                Matter.retention(completed.target(), completed.repository()),
                                id,
                                "What no policy keeps of " + completed.target() + " is removed again.",
                                completed.finishedAt(),
                                facts(completed));
            case ApprovalAwaited awaited -> Optional.of(awaited(id, awaited));
            // Whoever asked for a hold is told by the command.
            case HoldFailed failed -> Optional.empty();
            case BackupExpired expired -> Optional.empty();
            case BackupDeleted deleted -> Optional.empty();
            case BackupKept kept -> Optional.empty();
            case BackupHeld held -> Optional.empty();
            case BackupReleased released -> Optional.empty();
            case RetentionCancelled cancelled -> Optional.empty();
        };
    }

    /** A run that waits for nobody any more ends what was said of waiting. */
    static List<Signal> agreed(EventId id, RetentionCompleted completed) {
        if (completed.dryRun() || completed.awaitingApproval() > 0) {
            return List.of();
        }
        Matter matter = Matter.approval(completed.target(), completed.repository());
        return List.of(new Signal.Success(
                matter,
                new Notice(
                        Sort.RECOVERED,
                        AlertIds.of(id, matter),
                        null,
                        matter.title(),
                        "No backup of " + completed.target() + " waits for somebody's consent any more.",
                        completed.finishedAt(),
                        null,
                        facts(completed).list(),
                        List.of(),
                        About.of(matter, AlertLevel.WARNING))));
    }

    private static Signal awaited(EventId id, ApprovalAwaited awaited) {
        Matter matter = Matter.approval(awaited.target(), awaited.repository());
        return new Signal.Trouble(
                matter,
                new Notice(
                        Sort.RAISED,
                        id,
                        null,
                        matter.title(),
                        awaited.count() + " backups of " + awaited.target() + " would go at once, far more than usual."
                                + " None of them does until somebody agrees.",
                        awaited.askedAt(),
                        null,
                        new Facts()
                                .add("Repository", awaited.repository())
                                .add("Backups", awaited.count())
                                .add("Why", awaited.reason())
                                .list(),
                        List.of(
                                "Find out whether that is meant: a policy, a clock or somebody else may have changed.",
                                "Look at what would go: holdfast retention --target " + awaited.target()),
                        About.of(matter, AlertLevel.WARNING)));
    }

    private static Facts facts(RetentionCompleted completed) {
        return new Facts()
                .add("Repository", completed.repository())
                .add("Kept", completed.kept())
                .add("Removed", completed.removed())
                .add("Finished", completed.finishedAt());
    }
}

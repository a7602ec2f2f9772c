package io.holdfast.notifier.incident;

import io.holdfast.events.BackupId;
import io.holdfast.events.EventId;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.wal.ArchivingEvent;
import io.holdfast.events.wal.ContinuityLost;
import io.holdfast.events.wal.WalArchived;
import io.holdfast.events.wal.WalGapDetected;
import io.holdfast.events.wal.WalGapHealed;
import io.holdfast.events.wal.WalInterrupted;
import io.holdfast.events.wal.WalResumed;
import java.util.List;
import java.util.Optional;

/** What becomes of a cluster's log, for incidents. Pure. */
final class ArchivingSignals {

    private ArchivingSignals() {}

    static Optional<Signal> of(EventId id, ArchivingEvent event) {
        return switch (event) {
            case WalArchived archived -> Optional.empty();
            case WalInterrupted interrupted ->
                Signals.trouble(
                        Matter.wal(interrupted.target()),
                        id,
                        "The WAL of " + interrupted.target() + " does not reach the repository.",
                        interrupted.since(),
                        interrupted.failure(),
                        new Facts()
                                .add("Repository", interrupted.repository())
                                .add("Since", interrupted.since())
                                .add("Recoverable until", interrupted.archivedUntil()),
                        List.of(
                                "A loss of the server now would lose what was written since.",
                                "It goes on by itself once the cause is mended; nothing has to be started."));
            case WalResumed resumed ->
                Signals.success(
                        Matter.wal(resumed.target()),
                        id,
                        "The WAL of " + resumed.target() + " reaches the repository again.",
                        resumed.resumedAt(),
                        new Facts()
                                .add("Repository", resumed.repository())
                                .add("Stood still since", resumed.since())
                                .add("Resumed", resumed.resumedAt()));
            case WalGapDetected gap -> ofGap(id, gap);
            case WalGapHealed healed ->
                Signals.success(
                        Matter.gap(healed.target()),
                        id,
                        "The gap in the WAL of " + healed.target() + " no longer matters for new moments.",
                        healed.healedAt(),
                        new Facts()
                                .add("Repository", healed.repository())
                                .add("From", healed.fromLsn())
                                .add("To", healed.toLsn())
                                .add("Base backup", healed.backup())
                                .add("Recoverable from", healed.recoverableFrom()));
            case ContinuityLost lost -> ofLoss(id, lost);
        };
    }

    private static Optional<Signal> ofGap(EventId id, WalGapDetected gap) {
        return Signals.trouble(
                Matter.gap(gap.target()),
                id,
                "WAL of " + gap.target() + " is not in the repository as the server wrote it.",
                gap.detectedAt(),
                new Failure(
                        FailureCategory.WAL_MISSING,
                        gap.detail(),
                        "Look at the storage below the repository " + gap.repository() + "."),
                new Facts()
                        .add("Repository", gap.repository())
                        .add("Timeline", gap.timeline())
                        .add("From", gap.fromLsn())
                        .add("To", gap.toLsn())
                        .add("Recoverable until", gap.recoverableUntil()),
                List.of("A base backup was asked for by itself; from its end on every moment can be recovered again."));
    }

    private static Optional<Signal> ofLoss(EventId id, ContinuityLost lost) {
        EventId request = lost.backupRequest();
        return Signals.trouble(
                request == null ? Matter.gap(lost.target()) : Matter.lost(lost.target(), BackupId.of(request)),
                id,
                "WAL of " + lost.target() + " is lost: the server no longer has what the repository lacks.",
                lost.noticedAt(),
                lost.failure(),
                new Facts()
                        .add("Repository", lost.repository())
                        .add("From", lost.fromLsn())
                        .add("To", lost.toLsn())
                        .add("Recoverable until", lost.archivedUntil())
                        .add("Base backup", request),
                List.of("A base backup was asked for by itself; from its end on every moment can be recovered again."));
    }
}

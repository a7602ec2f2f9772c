package io.holdfast.notifier.incident;

import io.holdfast.events.BackupId;
import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.alert.AlertAcknowledged;
import io.holdfast.events.alert.AlertEvent;
import io.holdfast.events.alert.AlertLevel;
import io.holdfast.events.alert.AlertRaised;
import io.holdfast.events.alert.AlertResolved;
import io.holdfast.events.alert.AlertTestRequested;
import io.holdfast.events.alert.AlertTested;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.notifier.incident.Notice.About;
import io.holdfast.notifier.incident.Notice.Sort;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What alerts of other services mean for incidents, and what a backup catches up. Pure. */
final class AlertSignals {

    private AlertSignals() {}

    static Optional<Signal> of(Event<?> event, AlertEvent alert) {
        return switch (alert) {
            case AlertRaised raised -> Optional.of(new Signal.Trouble(matter(raised), notice(event, raised)));
            case AlertResolved resolved -> Optional.of(new Signal.Success(matter(resolved), notice(event, resolved)));
            // It changes nothing about how the matter stands.
            case AlertAcknowledged acknowledged -> Optional.empty();
            case AlertTestRequested requested -> Optional.empty();
            case AlertTested tested -> Optional.empty();
        };
    }

    /** A backup also ends what was said of runs that it makes up for, and of log that was lost before it. */
    static List<Signal> caughtUp(Event<?> event) {
        if (!(event.data() instanceof BackupCompleted completed)) {
            return List.of();
        }
        BackupId backup = completed.backupId();
        Matter missed = Matter.missed(completed.target(), completed.kind(), completed.repository(), backup);
        Matter lost = Matter.lost(completed.target(), backup);
        return List.of(
                new Signal.Success(
                        missed,
                        notice(
                                event.id(),
                                missed,
                                "The missed backup of " + completed.target() + " is made up for.",
                                completed)),
                new Signal.Success(
                        lost,
                        notice(
                                event.id(),
                                lost,
                                "From the end of a base backup on, every moment of " + completed.target()
                                        + " can be recovered again.",
                                completed)));
    }

    private static Notice notice(EventId event, Matter matter, String sentence, BackupCompleted completed) {
        return new Notice(
                Sort.RECOVERED,
                AlertIds.of(event, matter),
                null,
                matter.title(),
                sentence,
                completed.finishedAt(),
                null,
                new Facts()
                        .add("Backup", completed.backupId())
                        .add("Repository", completed.repository())
                        .add("Finished", completed.finishedAt())
                        .list(),
                List.of(),
                About.of(matter, AlertLevel.WARNING));
    }

    private static Notice notice(Event<?> event, AlertRaised raised) {
        Matter matter = matter(raised);
        List<String> next = new ArrayList<>(List.of(raised.hint()));
        if (raised.runbook() != null) {
            next.add("Read on: " + raised.runbook());
        }
        return new Notice(
                Sort.RAISED,
                event.id(),
                null,
                matter.title(),
                raised.summary(),
                later(event.time(), raised.since()),
                null,
                new Facts()
                        .add("Target", raised.target())
                        .add("Repository", raised.repository())
                        .add("Since", raised.since())
                        .list(),
                next,
                new About(
                        matter.key(),
                        raised.kind().value(),
                        raised.level(),
                        raised.target(),
                        raised.repository(),
                        raised.runbook()));
    }

    private static Notice notice(Event<?> event, AlertResolved resolved) {
        Matter matter = matter(resolved);
        return new Notice(
                Sort.RECOVERED,
                event.id(),
                null,
                matter.title(),
                resolved.summary(),
                later(event.time(), resolved.resolvedAt()),
                null,
                new Facts()
                        .add("Target", resolved.target())
                        .add("Repository", resolved.repository())
                        .add("Resolved", resolved.resolvedAt())
                        .list(),
                List.of(),
                About.of(matter, AlertLevel.WARNING));
    }

    private static Matter matter(AlertRaised raised) {
        return new Matter.OfAlert(raised.key(), raised.kind(), raised.target(), raised.repository());
    }

    private static Matter matter(AlertResolved resolved) {
        return new Matter.OfAlert(resolved.key(), resolved.kind(), resolved.target(), resolved.repository());
    }

    // What is wrong for long may be said only now.
    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}

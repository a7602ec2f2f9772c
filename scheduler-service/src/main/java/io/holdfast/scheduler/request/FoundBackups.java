package io.holdfast.scheduler.request;

import io.holdfast.events.BackupId;
import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.wal.WalArchived;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.outbox.Outbox;
import io.holdfast.scheduler.catalog.CatalogReader;
import io.holdfast.scheduler.catalog.LogPosition;
import io.holdfast.scheduler.catalog.Projection;
import io.holdfast.scheduler.catalog.WalReader;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * Says again what the log of events has lost: backups, and pieces of their clusters' log, that somebody found in a repository.
 * What the catalog knows is left as it is, and what is said twice is the same event. Thread safe.
 */
@Singleton
public class FoundBackups {

    private final Outbox outbox;
    private final Projection projection;
    private final CatalogReader catalog;
    private final WalReader log;
    private final Instance instance;
    private final Clock clock;

    FoundBackups(
            Outbox outbox,
            Projection projection,
            CatalogReader catalog,
            WalReader log,
            Instance instance,
            Clock clock) {
        this.outbox = outbox;
        this.projection = projection;
        this.catalog = catalog;
        this.log = log;
        this.instance = instance;
        this.clock = clock;
    }

    /** Notes those that are not known yet; returns how many these were. */
    public int note(List<BackupCompleted> found) {
        return QuarkusTransaction.requiringNew().call(() -> {
            int added = 0;
            for (BackupCompleted backup : found) {
                if (!catalog.exists(backup.backupId())) {
                    Event<BackupCompleted> event = event(backup);
                    outbox.publish(event);
                    projection.apply(event);
                    added++;
                }
            }
            return added;
        });
    }

    /** Notes those pieces of log that are not known yet; returns how many these were. */
    public int noteLog(List<WalArchived> found) {
        return QuarkusTransaction.requiringNew().call(() -> {
            int added = 0;
            for (WalArchived piece : found) {
                if (!isKnown(piece)) {
                    Event<WalArchived> event = Event.first(id(piece), instance.source(), clock.instant(), piece);
                    outbox.publish(event);
                    projection.apply(event);
                    added++;
                }
            }
            return added;
        });
    }

    private boolean isKnown(WalArchived piece) {
        Optional<LogPosition> from = LogPosition.of(piece.fromLsn());
        Optional<LogPosition> to = LogPosition.of(piece.toLsn());
        return from.isPresent()
                && to.isPresent()
                && log.pieces(piece.target().value()).stream()
                        .anyMatch(known ->
                                known.repository().equals(piece.repository().value())
                                        && known.systemIdentifier().equals(piece.systemIdentifier())
                                        && known.timeline() == piece.timeline()
                                        && known.from().compareTo(from.get()) <= 0
                                        && known.to().compareTo(to.get()) >= 0);
    }

    private static EventId id(WalArchived piece) {
        return EventId.derived(
                "found in the repository",
                piece.target().value(),
                piece.repository().value(),
                piece.systemIdentifier(),
                Integer.toUnsignedString(piece.timeline()),
                piece.fromLsn(),
                piece.toLsn());
    }

    private Event<BackupCompleted> event(BackupCompleted backup) {
        BackupId id = backup.backupId();
        EventId request = new EventId(id.toString());
        return new Event<>(
                EventId.derived(request.value(), "found in the repository"),
                instance.source(),
                clock.instant(),
                request,
                null,
                null,
                backup);
    }
}

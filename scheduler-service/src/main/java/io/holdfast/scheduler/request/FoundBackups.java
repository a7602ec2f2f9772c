package io.holdfast.scheduler.request;

import io.holdfast.events.BackupId;
import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.outbox.Outbox;
import io.holdfast.scheduler.catalog.CatalogReader;
import io.holdfast.scheduler.catalog.Projection;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;

/**
 * Says again what the log has lost: backups that somebody found in a repository. One that the catalog knows is left as it is,
 * and one that is said twice is the same event. Thread safe.
 */
@Singleton
public class FoundBackups {

    private final Outbox outbox;
    private final Projection projection;
    private final CatalogReader catalog;
    private final Instance instance;
    private final Clock clock;

    FoundBackups(Outbox outbox, Projection projection, CatalogReader catalog, Instance instance, Clock clock) {
        this.outbox = outbox;
        this.projection = projection;
        this.catalog = catalog;
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

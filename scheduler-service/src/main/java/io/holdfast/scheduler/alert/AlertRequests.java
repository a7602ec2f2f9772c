package io.holdfast.scheduler.alert;

import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.EventIds;
import io.holdfast.events.alert.AlertAcknowledged;
import io.holdfast.events.alert.AlertEvent;
import io.holdfast.events.alert.AlertKey;
import io.holdfast.events.alert.AlertTestRequested;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.outbox.Outbox;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Singleton;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Says on the topic of alerts what people want said there. Thread safe. */
@Singleton
public class AlertRequests {

    private final Outbox outbox;
    private final EventIds ids;
    private final Instance instance;
    private final Clock clock;

    AlertRequests(Outbox outbox, EventIds ids, Instance instance, Clock clock) {
        this.outbox = outbox;
        this.ids = ids;
        this.instance = instance;
        this.clock = clock;
    }

    /** Asks that everybody be told that this is a test; {@code alert.tested.v1} of the same key says how it went. */
    public AlertKey test(@Nullable String requestedBy) {
        EventId id = ids.next();
        AlertKey key = new AlertKey("test/" + id);
        say(id, new AlertTestRequested(key, requestedBy, clock.instant()));
        return key;
    }

    /** Says that somebody looks after an alert. */
    public void acknowledge(AlertKey key, String by, @Nullable String comment) {
        say(ids.next(), new AlertAcknowledged(key, by, comment, clock.instant()));
    }

    private void say(EventId id, AlertEvent alert) {
        QuarkusTransaction.requiringNew()
                .run(() -> outbox.publish(Event.first(id, instance.source(), clock.instant(), alert)));
    }
}

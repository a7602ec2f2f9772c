package io.holdfast.scheduler.request;

import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.EventIds;
import io.holdfast.events.TargetId;
import io.holdfast.events.Topic;
import io.holdfast.events.request.CancellationRequested;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.outbox.Outbox;
import io.holdfast.scheduler.SchedulerConfig;
import io.holdfast.scheduler.request.RequestRefusedException.Why;
import io.holdfast.scheduler.security.MissingSigningKeyException;
import io.holdfast.scheduler.security.SigningKey;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What goes to restore-workers: signed, and with an expiry. Safe for use by several threads. */
@Singleton
public class SignedRequests {
    /** Who asked, where nobody said so. */
    public static final String REQUESTED_BY = "api";

    private final Outbox outbox;
    private final SigningKey key;
    private final EventCodec codec;
    private final EventIds ids;
    private final Instance instance;
    private final Clock clock;
    private final Duration expiry;

    SignedRequests(
            Outbox outbox,
            SigningKey key,
            EventCodec codec,
            EventIds ids,
            Instance instance,
            Clock clock,
            SchedulerConfig config) {
        this.outbox = outbox;
        this.key = key;
        this.codec = codec;
        this.ids = ids;
        this.instance = instance;
        this.clock = clock;
        this.expiry = config.restoreExpiry();
    }

    /**
     * Signs an event.
     *
     * @throws RequestRefusedException where the key is missing
     */
    public WireEvent sign(WireEvent event) {
        try {
            return key.sign(event, expiry);
        } catch (MissingSigningKeyException e) {
            throw new RequestRefusedException(
                    Why.UNAVAILABLE,
                    "the request cannot be signed",
                    "the scheduler-service lacks its private key; its /q/health/ready tells more");
        }
    }

    /** Asks that what was requested stops; too late is not an error. */
    public void cancel(String target, EventId request, @Nullable String reason, @Nullable String requestedBy) {
        CancellationRequested data = new CancellationRequested(
                new TargetId(target), request, reason, requestedBy == null ? REQUESTED_BY : requestedBy);
        Event<CancellationRequested> event = Event.first(ids.next(), instance.source(), clock.instant(), data);
        WireEvent signed = sign(codec.encode(event, Topic.RESTORE_REQUESTS));
        QuarkusTransaction.requiringNew().run(() -> outbox.publish(signed));
    }
}

package io.holdfast.verifier.retention;

import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.EventType;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.request.CancellationRequested;
import io.holdfast.events.request.HoldRequested;
import io.holdfast.events.request.RetentionRequested;
import io.holdfast.events.retention.HoldFailed;
import io.holdfast.events.retention.RetentionFailed;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.intake.EventHandler;
import io.holdfast.runtime.intake.IncomingRecord;
import io.holdfast.runtime.intake.Intake;
import io.holdfast.runtime.jobs.Jobs;
import io.holdfast.runtime.outbox.Outbox;
import io.holdfast.verifier.retention.RetentionConfig.Role;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Blocking;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/**
 * Takes in what is asked of the retention role. That each is signed, in time and used once, the intake sees to. Where the
 * role is off, nothing is taken in.
 */
@ApplicationScoped
public class RetentionRequests implements EventHandler {

    private static final Logger LOG = Logger.getLogger(RetentionRequests.class);
    private static final String CONSUMER = "retention";
    private static final Set<String> OURS = Set.of(
            EventType.RETENTION_REQUESTED.wireName(),
            EventType.HOLD_REQUESTED.wireName(),
            EventType.CANCELLATION_REQUESTED.wireName());

    private final Intake intake;
    private final Jobs jobs;
    private final Outbox outbox;
    private final RetentionTable table;
    private final Instance instance;
    private final RetentionConfig config;
    private final Clock clock;

    RetentionRequests(
            Intake intake,
            Jobs jobs,
            Outbox outbox,
            RetentionTable table,
            Instance instance,
            RetentionConfig config,
            Clock clock) {
        this.intake = intake;
        this.jobs = jobs;
        this.outbox = outbox;
        this.table = table;
        this.instance = instance;
        this.config = config;
        this.clock = clock;
    }

    void start(@Observes StartupEvent started) {
        LOG.info(
                config.role() == Role.ON
                        ? "this process has the retention role: it removes what no policy keeps"
                        : "the retention role is off here: nothing is removed by this process."
                                + " HINT: HOLDFAST_RETENTION_ROLE=on switches it on, in one that may delete.");
    }

    @Incoming("retention-requests")
    @Blocking
    void on(ConsumerRecord<String, byte[]> request) {
        Header type = request.headers().lastHeader(WireEvent.TYPE);
        if (config.role() == Role.ON
                && type != null
                && type.value() != null
                && OURS.contains(new String(type.value(), StandardCharsets.UTF_8))) {
            intake.take(CONSUMER, IncomingRecord.of(request), this);
        }
    }

    @Override
    public void handle(Event<?> event) throws SQLException {
        EventData data = event.data();
        if (data instanceof RetentionRequested request) {
            Scope scope = Scope.of(request);
            if (!request.dryRun() && request.approved() != null) {
                table.approve(scope, request.approved(), request.requestedBy(), clock.instant());
            }
            // Who only looks waits for nobody.
            jobs.submit(
                    RetentionJob.KIND, event, request.dryRun() ? "retention dry run " + event.id() : scope.leaseKey());
        } else if (data instanceof HoldRequested request) {
            jobs.submit(HoldJob.KIND, event, "hold " + request.backupId());
        } else if (data instanceof CancellationRequested cancellation) {
            jobs.cancel(cancellation.request(), cancellation.requestedBy(), cancellation.reason());
        }
    }

    /** Whoever asked waits for an end: that it never begins is one. */
    @Override
    public void expired(Event<?> event) {
        Failure late = new Failure(
                FailureCategory.REFUSED,
                "the request of " + event.time() + " had expired when the retention role read it",
                "Ask again; if that expires too, look whether the verifier-service with this role runs, keeps up, and has"
                        + " the right time.");
        if (event.data() instanceof RetentionRequested request) {
            say(
                    event,
                    new RetentionFailed(
                            request.target(), request.repository(), request.dryRun(), late, clock.instant()));
        } else if (event.data() instanceof HoldRequested request) {
            say(
                    event,
                    new HoldFailed(
                            request.backupId(),
                            request.target(),
                            request.repository(),
                            request.hold(),
                            request.release(),
                            late,
                            clock.instant()));
        }
    }

    private void say(Event<?> event, EventData failed) {
        EventId id = EventId.derived(event.id().value(), EventType.of(failed).wireName(), "outcome");
        outbox.publish(event.leadsTo(id, instance.source(), clock.instant(), failed));
    }
}

package io.holdfast.restore.request;

import io.holdfast.events.DrillId;
import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.EventType;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RestoreId;
import io.holdfast.events.SiteName;
import io.holdfast.events.drill.DrillFailed;
import io.holdfast.events.drill.DrillMeasures;
import io.holdfast.events.drill.DrillReason;
import io.holdfast.events.request.CancellationRequested;
import io.holdfast.events.request.DrillRequested;
import io.holdfast.events.request.RestoreDestination;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.events.request.RetentionRequest;
import io.holdfast.events.restore.RestoreFailed;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.intake.EventHandler;
import io.holdfast.runtime.intake.IncomingRecord;
import io.holdfast.runtime.intake.Intake;
import io.holdfast.runtime.intake.RefusedException;
import io.holdfast.runtime.jobs.JobKind;
import io.holdfast.runtime.jobs.Jobs;
import io.holdfast.runtime.outbox.Outbox;
import io.smallrye.reactive.messaging.annotations.Blocking;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/**
 * Takes in requests for restores. That each is signed, in time and used once, the intake sees to; here those of this site
 * become jobs.
 */
@Singleton
public class RestoreRequests implements EventHandler {

    private final Intake intake;
    private final Jobs jobs;
    private final Outbox outbox;
    private final Instance instance;
    private final Clock clock;
    private final SiteName site;
    private final JobKind kind;
    private final JobKind drills;

    @Inject
    RestoreRequests(Intake intake, Jobs jobs, Outbox outbox, Instance instance, Clock clock, RestoreSettings settings) {
        this.intake = intake;
        this.jobs = jobs;
        this.outbox = outbox;
        this.instance = instance;
        this.clock = clock;
        this.site = new SiteName(settings.site());
        this.kind = RestoreJobs.kindAt(site);
        this.drills = DrillJobs.kindAt(site);
    }

    @Incoming("restore-requests")
    @Blocking
    void on(ConsumerRecord<String, byte[]> request) {
        // Several sites may share one database: each has to take each request in for itself.
        intake.take("restore-worker-" + site, IncomingRecord.of(request), this);
    }

    @Override
    public void handle(Event<?> event) {
        switch (event.data()) {
            case RestoreRequested request -> {
                if (request.site().equals(site)) {
                    // Who only looks waits for nobody.
                    String lease = request.changesNothing()
                            ? site + " dry run " + event.id().value()
                            : leaseKey(request.destination());
                    jobs.submit(kind, event, lease);
                }
            }
            case DrillRequested request -> {
                if (request.site().equals(site)) {
                    jobs.submit(drills, event, site + " drill " + request.target());
                }
            }
            case CancellationRequested cancellation ->
                jobs.cancel(cancellation.request(), cancellation.requestedBy(), cancellation.reason());
            // For the retention role, which has a consumer group of its own.
            case RetentionRequest other -> {}
            default -> throw new RefusedException("not a request for a restore");
        }
    }

    /** Whoever asked waits for the end of this restore: that it never begins is one. */
    @Override
    public void expired(Event<?> event) {
        if (event.data() instanceof RestoreRequested request && request.site().equals(site)) {
            sayLate(event, late(event, request));
        } else if (event.data() instanceof DrillRequested request
                && request.site().equals(site)) {
            sayLate(event, late(event, request));
        }
    }

    private DrillFailed late(Event<?> event, DrillRequested request) {
        return new DrillFailed(
                DrillId.of(event.id()),
                request.target(),
                request.repository(),
                site,
                request.backupId(),
                request.moment(),
                request.seed(),
                null,
                clock.instant(),
                0,
                DrillReason.REFUSED,
                tooLate(event),
                DrillMeasures.NONE,
                List.of(),
                null);
    }

    private RestoreFailed late(Event<?> event, RestoreRequested request) {
        return new RestoreFailed(
                RestoreId.of(event.id()),
                request.backupId(),
                request.target(),
                site,
                null,
                clock.instant(),
                0,
                tooLate(event),
                null,
                request.changesNothing() ? true : null);
    }

    private Failure tooLate(Event<?> event) {
        return new Failure(
                FailureCategory.REFUSED,
                "the request of " + event.time() + " had expired when the worker of site " + site + " read it",
                "Ask again; if that expires too, look whether this worker runs, keeps up, and has the right time.");
    }

    private void sayLate(Event<?> event, EventData failed) {
        EventId id = EventId.derived(event.id().value(), EventType.of(failed).wireName(), "outcome");
        outbox.publish(event.leadsTo(id, instance.source(), clock.instant(), failed));
    }

    /** One restore at a time goes to one destination; others need not wait. */
    private String leaseKey(RestoreDestination destination) {
        return switch (destination) {
            case RestoreDestination.Directory directory -> site + " directory " + directory.path();
            case RestoreDestination.Database database ->
                site + " database " + database.host() + " " + database.port() + " " + database.database();
        };
    }
}

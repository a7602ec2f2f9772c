package io.holdfast.restore.request;

import io.holdfast.events.Event;
import io.holdfast.events.SiteName;
import io.holdfast.events.request.CancellationRequested;
import io.holdfast.events.request.RestoreDestination;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.runtime.intake.IncomingRecord;
import io.holdfast.runtime.intake.Intake;
import io.holdfast.runtime.intake.RefusedException;
import io.holdfast.runtime.jobs.JobKind;
import io.holdfast.runtime.jobs.Jobs;
import io.smallrye.reactive.messaging.annotations.Blocking;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/**
 * Takes in requests for restores. That each is signed, in time and used once, the intake sees to; here those of this site
 * become jobs.
 */
@Singleton
public class RestoreRequests {

    private final Intake intake;
    private final Jobs jobs;
    private final SiteName site;
    private final JobKind kind;

    @Inject
    RestoreRequests(Intake intake, Jobs jobs, RestoreSettings settings) {
        this.intake = intake;
        this.jobs = jobs;
        this.kind = RestoreJobs.kindAt(new SiteName(settings.site()));
        this.site = new SiteName(settings.site());
    }

    @Incoming("restore-requests")
    @Blocking
    void on(ConsumerRecord<String, byte[]> request) {
        // Several sites may share one database: each has to take each request in for itself.
        intake.take("restore-worker-" + site, IncomingRecord.of(request), this::handle);
    }

    private void handle(Event<?> event) {
        switch (event.data()) {
            case RestoreRequested request -> {
                if (request.site().equals(site)) {
                    jobs.submit(kind, event, leaseKey(request.destination()));
                }
            }
            case CancellationRequested cancellation ->
                jobs.cancel(cancellation.request(), cancellation.requestedBy(), cancellation.reason());
            default -> throw new RefusedException("not a request for a restore");
        }
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

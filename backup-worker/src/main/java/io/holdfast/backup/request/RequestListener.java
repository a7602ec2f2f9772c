package io.holdfast.backup.request;

import io.holdfast.backup.job.BackupJob;
import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.events.request.CancellationRequested;
import io.holdfast.runtime.intake.Intake;
import io.holdfast.runtime.jobs.Jobs;
import io.smallrye.reactive.messaging.annotations.Blocking;
import jakarta.enterprise.context.ApplicationScoped;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Hears requests for backups and records them as jobs. Thread safe. */
@ApplicationScoped
public class RequestListener {
    private final Intake intake;
    private final Jobs jobs;

    RequestListener(Intake intake, Jobs jobs) {
        this.intake = intake;
        this.jobs = jobs;
    }

    @Incoming("backup-requests")
    @Blocking
    void on(ConsumerRecord<String, byte[]> request) {
        intake.take(request, this::handle);
    }

    // Verifications are asked for on the same topic, and are somebody else's work: passed over, not refused.
    private void handle(Event<?> event) {
        EventData data = event.data();
        if (data instanceof BackupRequested request) {
            jobs.submit(BackupJob.KIND, event, request.target().value());
        } else if (data instanceof CancellationRequested cancellation) {
            jobs.cancel(cancellation.request(), cancellation.requestedBy(), cancellation.reason());
        }
    }
}

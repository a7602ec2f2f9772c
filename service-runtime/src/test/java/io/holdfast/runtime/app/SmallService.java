package io.holdfast.runtime.app;

import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.events.request.CancellationRequested;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.runtime.intake.EventHandler;
import io.holdfast.runtime.intake.Intake;
import io.holdfast.runtime.intake.RefusedException;
import io.holdfast.runtime.jobs.Jobs;
import io.smallrye.reactive.messaging.annotations.Blocking;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Listens as a real service does. What a request's reason says decides what becomes of it. */
@Singleton
public class SmallService {

    private final Intake intake;
    private final Jobs jobs;
    private final List<EventId> handled = new CopyOnWriteArrayList<>();
    private final List<EventId> expired = new CopyOnWriteArrayList<>();

    @Inject
    SmallService(Intake intake, Jobs jobs) {
        this.intake = intake;
        this.jobs = jobs;
    }

    /** Every event that was handled, as often as it was. */
    public List<EventId> handled() {
        return handled;
    }

    /** Every request that came too late. */
    public List<EventId> expired() {
        return expired;
    }

    @Incoming("backup-requests")
    @Blocking
    void onBackupRequest(ConsumerRecord<String, byte[]> request) {
        intake.take(request, this::handle);
    }

    @Incoming("restore-requests")
    @Blocking
    void onRestoreRequest(ConsumerRecord<String, byte[]> request) {
        intake.take(request, new EventHandler() {
            @Override
            public void handle(Event<?> event) {
                SmallService.this.handle(event);
            }

            @Override
            public void expired(Event<?> event) {
                expired.add(event.id());
            }
        });
    }

    private void handle(Event<?> event) {
        switch (event.data()) {
            case BackupRequested request -> {
                if ("refuse".equals(request.reason())) {
                    throw new RefusedException("nobody wants this");
                }
                if ("defect".equals(request.reason())) {
                    throw new IllegalArgumentException("a defect of the handler");
                }
                if ("job".equals(request.reason())) {
                    jobs.submit(ScriptedJobs.KIND, event, request.target().value());
                }
                handled.add(event.id());
            }
            case CancellationRequested cancellation -> {
                jobs.cancel(cancellation.request(), cancellation.requestedBy(), cancellation.reason());
                handled.add(event.id());
            }
            case RestoreRequested request -> handled.add(event.id());
            default -> throw new RefusedException("not for this service");
        }
    }
}

package io.holdfast.verifier.request;

import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.EventType;
import io.holdfast.events.alert.AlertEvent;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.backup.BackupEvent;
import io.holdfast.events.definition.Definition;
import io.holdfast.events.drill.DrillEvent;
import io.holdfast.events.progress.ProgressEvent;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.events.request.CancellationRequested;
import io.holdfast.events.request.DrillRequested;
import io.holdfast.events.request.RequestData;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.events.request.RetentionRequest;
import io.holdfast.events.request.VerificationRequested;
import io.holdfast.events.restore.RestoreEvent;
import io.holdfast.events.retention.RetentionEvent;
import io.holdfast.events.verification.VerificationEvent;
import io.holdfast.events.wal.ArchivingEvent;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.runtime.intake.Intake;
import io.holdfast.runtime.jobs.Jobs;
import io.holdfast.verifier.retention.Restorations;
import io.smallrye.common.annotation.Blocking;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Takes in what asks for a verification: every completed backup, and whoever wants to know again. */
@ApplicationScoped
public class Requests {

    private static final Set<String> OURS = Stream.concat(
                    Stream.of(
                            EventType.BACKUP_COMPLETED,
                            EventType.VERIFICATION_REQUESTED,
                            EventType.CANCELLATION_REQUESTED),
                    Restorations.EVENTS.stream())
            .map(EventType::wireName)
            .collect(Collectors.toUnmodifiableSet());

    private final Intake intake;
    private final Jobs jobs;
    private final Restorations restorations;

    Requests(Intake intake, Jobs jobs, Restorations restorations) {
        this.intake = intake;
        this.jobs = jobs;
        this.restorations = restorations;
    }

    @Incoming("events")
    @Blocking
    void onEvent(ConsumerRecord<String, byte[]> event) {
        takeIfOurs(event);
    }

    @Incoming("backup-requests")
    @Blocking
    void onRequest(ConsumerRecord<String, byte[]> request) {
        takeIfOurs(request);
    }

    // The rest is other services'; they also put aside what nobody can read, once.
    private void takeIfOurs(ConsumerRecord<String, byte[]> source) {
        if (isOurs(source)) {
            intake.take(source, this::handle);
        }
    }

    private static boolean isOurs(ConsumerRecord<String, byte[]> source) {
        Header type = source.headers().lastHeader(WireEvent.TYPE);
        return type != null && type.value() != null && OURS.contains(new String(type.value(), StandardCharsets.UTF_8));
    }

    private void handle(Event<?> event) throws SQLException {
        EventData data = event.data();
        switch (data) {
            case BackupEvent backup -> {
                if (backup instanceof BackupCompleted) {
                    submit(event);
                }
            }
            case RequestData request -> {
                switch (request) {
                    case VerificationRequested wanted -> submit(event);
                    case CancellationRequested cancellation ->
                        // Unsigned, so it is of no concern to retention and holds.
                        jobs.cancel(
                                VerificationJob.KIND,
                                cancellation.request(),
                                cancellation.requestedBy(),
                                cancellation.reason());
                    case BackupRequested other -> {}
                    case RestoreRequested other -> {}
                    case DrillRequested other -> {}
                    case RetentionRequest other -> {}
                }
            }
            case VerificationEvent other -> {}
            case RestoreEvent restore -> restorations.note(event, restore);
            case ArchivingEvent other -> {}
            case DrillEvent drill -> restorations.note(event, drill);
            case RetentionEvent other -> {}
            case ProgressEvent other -> {}
            case AlertEvent other -> {}
            case Definition other -> {}
        }
    }

    private void submit(Event<?> event) {
        Subject subject = Subject.of(event.data());
        jobs.submit(VerificationJob.KIND, event, "backup/" + subject.backup());
    }
}

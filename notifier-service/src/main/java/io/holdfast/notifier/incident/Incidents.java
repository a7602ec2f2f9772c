package io.holdfast.notifier.incident;

import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.alert.AlertAcknowledged;
import io.holdfast.events.alert.AlertEvent;
import io.holdfast.events.alert.AlertLevel;
import io.holdfast.events.alert.AlertTestRequested;
import io.holdfast.notifier.NotifierConfig;
import io.holdfast.notifier.incident.IncidentState.Open;
import io.holdfast.notifier.incident.Notice.About;
import io.holdfast.notifier.incident.Notice.Sort;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.intake.Intake;
import io.smallrye.common.annotation.Blocking;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/**
 * Follows the log and the alerts of other services, and decides what is told. What people are told of the log is also said
 * as an alert, so that the topic of alerts has all of them. Thread safe.
 */
@ApplicationScoped
public class Incidents {

    private final Intake intake;
    private final IncidentTable table;
    private final Notices notices;
    private final SaidAlerts said;
    private final Instance instance;
    private final NotifierConfig config;
    private final Clock clock;

    Incidents(
            Intake intake,
            IncidentTable table,
            Notices notices,
            SaidAlerts said,
            Instance instance,
            NotifierConfig config,
            Clock clock) {
        this.intake = intake;
        this.table = table;
        this.notices = notices;
        this.said = said;
        this.instance = instance;
        this.config = config;
        this.clock = clock;
    }

    @Incoming("events")
    @Blocking
    void on(ConsumerRecord<String, byte[]> event) {
        intake.take(event, this::handle);
    }

    @Incoming("alerts")
    @Blocking
    void onAlert(ConsumerRecord<String, byte[]> alert) {
        intake.take(alert, this::handle);
    }

    private void handle(Event<?> event) throws SQLException {
        if (isOwn(event)) {
            return;
        }
        if (event.data() instanceof AlertAcknowledged acknowledged) {
            acknowledge(event.id(), acknowledged);
            return;
        }
        if (event.data() instanceof AlertTestRequested requested) {
            notices.add(requested.key().value(), AlertTests.notice(event.id(), requested));
            return;
        }
        for (Signal signal : Signals.of(event)) {
            switch (signal) {
                case Signal.Trouble trouble -> {
                    if (trouble.cause() != null) {
                        take(event, trouble.cause());
                    }
                    take(event, trouble);
                }
                case Signal.Success success -> {
                    IncidentState before = take(event, success);
                    if (before instanceof Open open && open.under() != null) {
                        Matter cause = Matter.OfRepository.ofKey(open.under());
                        List<String> stillOpen = table.release(cause);
                        take(event, Cause.gone(cause, success.notice(), AlertIds.of(event.id(), cause), stillOpen));
                    }
                }
            }
        }
    }

    private IncidentState take(Event<?> event, Signal signal) throws SQLException {
        Matter matter = signal.matter();
        IncidentState before = table.get(matter);
        Decision decision = Decision.of(before, signal, isNews(signal.notice().at()));
        table.put(matter, decision.state());
        if (decision.notice().isPresent()) {
            notices.add(matter, decision.notice().get());
            if (!(event.data() instanceof AlertEvent)) {
                said.say(event, matter, decision.notice().get());
            }
        }
        return before;
    }

    private void acknowledge(EventId id, AlertAcknowledged acknowledged) throws SQLException {
        String key = acknowledged.key().value();
        Optional<EventId> first = table.acknowledge(key, acknowledged.by(), acknowledged.acknowledgedAt());
        if (first.isPresent()) {
            Notice notice = new Notice(
                    Sort.ACKNOWLEDGED,
                    id,
                    first.get(),
                    key,
                    acknowledged.by() + " looks after it."
                            + (acknowledged.comment() == null ? "" : " " + acknowledged.comment()),
                    acknowledged.acknowledgedAt(),
                    null,
                    List.of(),
                    List.of(),
                    new About(key, "acknowledged", AlertLevel.WARNING, null, null, null));
            notices.add(key, notice);
        }
    }

    // What follows from the log was decided when it was said.
    private boolean isOwn(Event<?> event) {
        return event.data() instanceof AlertEvent && event.source().startsWith("/" + instance.service() + "/");
    }

    /** Of what happened since this service began, everything: whoever was away for long has to tell it all the more. */
    private boolean isNews(Instant at) throws SQLException {
        return at.isAfter(clock.instant().minus(config.newsAge())) || at.isAfter(table.began());
    }
}

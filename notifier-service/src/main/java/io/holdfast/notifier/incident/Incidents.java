package io.holdfast.notifier.incident;

import io.holdfast.events.Event;
import io.holdfast.notifier.NotifierConfig;
import io.holdfast.runtime.intake.Intake;
import io.smallrye.common.annotation.Blocking;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Follows the log and decides what is told. Thread safe. */
@ApplicationScoped
public class Incidents {

    private final Intake intake;
    private final IncidentTable table;
    private final Notices notices;
    private final NotifierConfig config;
    private final Clock clock;

    Incidents(Intake intake, IncidentTable table, Notices notices, NotifierConfig config, Clock clock) {
        this.intake = intake;
        this.table = table;
        this.notices = notices;
        this.config = config;
        this.clock = clock;
    }

    @Incoming("events")
    @Blocking
    void on(ConsumerRecord<String, byte[]> event) {
        intake.take(event, this::handle);
    }

    private void handle(Event<?> event) throws SQLException {
        for (Signal signal : Signals.of(event)) {
            Matter matter = signal.matter();
            Decision decision = Decision.of(
                    table.get(matter), signal, isNews(signal.notice().at()));
            table.put(matter, decision.state());
            if (decision.notice().isPresent()) {
                notices.add(matter, decision.notice().get());
            }
        }
    }

    /** Of what happened since this service began, everything: whoever was away for long has to tell it all the more. */
    private boolean isNews(Instant at) throws SQLException {
        return at.isAfter(clock.instant().minus(config.newsAge())) || at.isAfter(table.began());
    }
}

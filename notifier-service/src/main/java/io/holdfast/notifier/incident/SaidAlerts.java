package io.holdfast.notifier.incident;

import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.Failure;
import io.holdfast.events.alert.AlertEvent;
import io.holdfast.events.alert.AlertKey;
import io.holdfast.events.alert.AlertKind;
import io.holdfast.events.alert.AlertRaised;
import io.holdfast.events.alert.AlertResolved;
import io.holdfast.notifier.incident.Notice.About;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.outbox.Outbox;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;

/** Says what people are told of the log as alerts, in the caller's transaction. Thread safe. */
@Singleton
class SaidAlerts {

    private static final int LONGEST = 2000;
    private static final String NOTHING = "look at what happened: holdfast events";

    private final Outbox outbox;
    private final Instance instance;
    private final Clock clock;

    SaidAlerts(Outbox outbox, Instance instance, Clock clock) {
        this.outbox = outbox;
        this.instance = instance;
        this.clock = clock;
    }

    /** Says a notice as the alert that it is, with an id that follows from the event behind it. */
    void say(Event<?> event, Matter matter, Notice notice) {
        of(matter, notice).ifPresent(alert -> {
            EventId id = AlertIds.of(event.id(), matter);
            outbox.publish(event.leadsTo(id, instance.source(), clock.instant(), alert));
        });
    }

    /** The alert that a notice is; empty for news that changes nothing about it. */
    static Optional<AlertEvent> of(Matter matter, Notice notice) {
        AlertKey key = new AlertKey(matter.key());
        About about = notice.subject();
        AlertKind kind = matter.kind();
        return switch (notice.sort()) {
            case FAILED, MISSED, RAISED ->
                Optional.of(new AlertRaised(
                        key,
                        kind,
                        about.level(),
                        about.target(),
                        about.repository(),
                        summary(notice),
                        hint(notice),
                        about.runbook(),
                        notice.at()));
            case RECOVERED ->
                Optional.of(new AlertResolved(
                        key, kind, about.target(), about.repository(), cut(notice.sentence()), notice.at()));
            case STILL, ACKNOWLEDGED, SEVERAL, TEST -> Optional.empty();
        };
    }

    private static String summary(Notice notice) {
        Failure failure = notice.failure();
        return cut(notice.sentence() + (failure == null ? "" : " " + failure.message()));
    }

    private static String hint(Notice notice) {
        Failure failure = notice.failure();
        return cut(
                failure != null
                        ? failure.hint()
                        : notice.next().stream().findFirst().orElse(NOTHING));
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
    }
}

package io.holdfast.runtime.intake;

import io.holdfast.events.Event;
import io.holdfast.events.Topic;
import io.holdfast.events.signing.SignatureCheck.Verdict;
import io.holdfast.events.wire.Decoded;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.runtime.database.PassingFailure;
import io.holdfast.runtime.database.Persistence;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.outbox.Outbox;
import io.holdfast.runtime.signing.ControlPlaneKey;
import io.holdfast.runtime.signing.MissingKeyException;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Takes records in, each event once. A listener is one line:
 *
 * <pre>{@code
 * @Incoming("backup-requests")
 * @Blocking
 * void on(ConsumerRecord<String, byte[]> request) {
 *     intake.take(request, this::handle);
 * }
 * }</pre>
 *
 * <p>Whatever is wrong with a record ends among the dead letters with its cause; the caller can acknowledge as soon as
 * this returns. Blocks for as long as the database is away. Thread safe.
 */
@Singleton
public class Intake {

    private static final Logger LOG = Logger.getLogger(Intake.class);
    private static final Set<String> SIGNED = Set.of(Topic.RESTORE_REQUESTS.topicName(), Topic.DEFINITIONS.topicName());
    private static final Set<String> REQUESTS =
            Set.of(Topic.RESTORE_REQUESTS.topicName(), Topic.BACKUP_REQUESTS.topicName());
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final int ATTEMPTS = 5;

    private final Inbox inbox;
    private final Outbox outbox;
    private final EventCodec codec;
    private final ControlPlaneKey key;
    private final Instance instance;
    private final MeterRegistry metrics;
    private final CountDownLatch stopped = new CountDownLatch(1);

    Intake(
            Inbox inbox,
            Outbox outbox,
            EventCodec codec,
            ControlPlaneKey key,
            Instance instance,
            MeterRegistry metrics) {
        this.inbox = inbox;
        this.outbox = outbox;
        this.codec = codec;
        this.key = key;
        this.instance = instance;
        this.metrics = metrics;
    }

    void stop(@Observes ShutdownEvent ending) {
        stopped.countDown();
    }

    /**
     * Takes a record in on behalf of this service.
     *
     * @throws IntakeStoppedException when the process ends first; the record must not be acknowledged then
     */
    public void take(ConsumerRecord<String, byte[]> source, EventHandler handler) {
        take(instance.service(), IncomingRecord.of(source), handler);
    }

    /** Takes a record in whose place on its topic is not known. */
    public void take(
            String topic, @Nullable String key, Map<String, String> headers, byte[] bytes, EventHandler handler) {
        take(instance.service(), new IncomingRecord(new WireEvent(topic, key, headers, bytes), -1, -1), handler);
    }

    /**
     * Takes a record in on behalf of one of several consumers within this service.
     *
     * @param consumer a name that is never changed; each consumer handles each event once
     */
    public void take(String consumer, IncomingRecord incoming, EventHandler handler) {
        Duration pause = FIRST_PAUSE;
        int failures = 0;
        while (true) {
            try {
                takeOnce(consumer, incoming, handler);
                return;
            } catch (RefusedException e) {
                if (tryDeadLetter(consumer, incoming, "refused: " + e.getMessage())) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IntakeStoppedException("interrupted before the record was handled");
            } catch (Exception e) {
                boolean passing = PassingFailure.is(e);
                LOG.warnf(passing ? null : e, "%s waits, next try in %d ms: %s", incoming.wire(), pause.toMillis(), e);
                failures += passing ? 0 : 1;
                if (failures >= ATTEMPTS
                        && tryDeadLetter(
                                consumer,
                                incoming,
                                "handling failed: " + e.getClass().getName() + ": " + e.getMessage())) {
                    return;
                }
            }
            pause(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    private void takeOnce(String consumer, IncomingRecord incoming, EventHandler handler) throws Exception {
        WireEvent wire = incoming.wire();
        switch (codec.decode(wire)) {
            case Decoded.Malformed malformed -> deadLetter(consumer, incoming, "malformed: " + malformed.cause());
            case Decoded.Unrecognised unrecognised -> {
                if (REQUESTS.contains(wire.topic())) {
                    deadLetter(
                            consumer,
                            incoming,
                            "unrecognised: no version of this service knows " + unrecognised.type());
                }
            }
            case Decoded.Known known -> {
                if (!SIGNED.contains(wire.topic())) {
                    handleOnce(consumer, incoming, known.event(), handler);
                    return;
                }
                switch (check(wire)) {
                    case Verdict.Valid valid -> handleOnce(consumer, incoming, known.event(), handler);
                    case Verdict.Refused refused -> throw new RefusedException(refused.why());
                    case Verdict.Expired expired -> {
                        LOG.warnf("%s at %s came too late: %s", wire, incoming.position(), expired.why());
                        handleOnce(consumer, incoming, known.event(), late -> {
                            handler.expired(late);
                            noteDeadLetter(consumer, incoming, "refused: " + expired.why());
                        });
                    }
                }
            }
        }
    }

    private Verdict check(WireEvent wire) throws MissingKeyException {
        return key.check().check(wire);
    }

    private void handleOnce(String consumer, IncomingRecord incoming, Event<?> event, EventHandler handler)
            throws Exception {
        WireEvent wire = incoming.wire();
        Inbox.Noted noted = Persistence.inTransaction(() -> {
            Inbox.Noted answer = inbox.note(consumer, event.id(), wire.topic(), incoming.position());
            if (answer == Inbox.Noted.NEW) {
                handler.handle(event);
            }
            return answer;
        });
        switch (noted) {
            case NEW -> count(wire, "handled");
            case SAME_RECORD -> count(wire, "repeated");
            case OTHER_RECORD -> {
                if (SIGNED.contains(wire.topic())) {
                    throw new RefusedException("used before: a signed request is good for one use");
                }
                count(wire, "repeated");
            }
        }
    }

    private boolean tryDeadLetter(String consumer, IncomingRecord incoming, String cause) {
        try {
            deadLetter(consumer, incoming, cause);
            return true;
        } catch (Exception e) {
            LOG.warnf("%s cannot be put among the dead letters yet: %s", incoming.wire(), e);
            return false;
        }
    }

    private void deadLetter(String consumer, IncomingRecord incoming, String cause) throws Exception {
        Persistence.inTransaction(() -> {
            noteDeadLetter(consumer, incoming, cause);
            return cause;
        });
        LOG.warnf("%s at %s is a dead letter: %s", incoming.wire(), incoming.position(), cause);
        count(incoming.wire(), "dead_letter");
    }

    private void noteDeadLetter(String consumer, IncomingRecord incoming, String cause) throws SQLException {
        if (inbox.noteDeadLetter(consumer, incoming)) {
            outbox.publish(DeadLetter.of(consumer, incoming, cause));
        }
    }

    private void count(WireEvent wire, String outcome) {
        metrics.counter("holdfast.intake.records", "topic", wire.topic(), "outcome", outcome)
                .increment();
    }

    private void pause(Duration pause) {
        try {
            if (stopped.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new IntakeStoppedException("the process ends before the record was handled");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IntakeStoppedException("interrupted before the record was handled");
        }
    }
}

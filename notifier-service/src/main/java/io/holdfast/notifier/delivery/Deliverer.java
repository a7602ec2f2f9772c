package io.holdfast.notifier.delivery;

import io.holdfast.events.definition.NotificationsDefined;
import io.holdfast.notifier.NotifierConfig;
import io.holdfast.notifier.channel.Channel;
import io.holdfast.notifier.channel.DeliveryException;
import io.holdfast.notifier.delivery.DeliveryTable.Receiver;
import io.holdfast.notifier.delivery.DeliveryTable.Waiting;
import io.holdfast.runtime.database.Persistence;
import io.holdfast.runtime.definitions.Definitions;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.All;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Brings notices to people, for as long as the process lives. Several processes may do so at the same time. An attempt is
 * written down before it is made and after; only a process that dies between a mail server's answer and that note makes
 * a message arrive twice, and then with the same identity.
 */
@Singleton
class Deliverer {

    private static final Logger LOG = Logger.getLogger(Deliverer.class);
    private static final int AT_ONCE = 100;
    private static final Duration MARGIN = Duration.ofSeconds(60);

    private final DeliveryTable table;
    private final DeliveryBell bell;
    private final Definitions definitions;
    private final List<Channel> channels;
    private final NotifierConfig config;
    private final Backoff backoff;
    private final MeterRegistry metrics;
    private final Clock clock;
    private @Nullable Thread worker;

    Deliverer(
            DeliveryTable table,
            DeliveryBell bell,
            Definitions definitions,
            @All List<Channel> channels,
            NotifierConfig config,
            MeterRegistry metrics,
            Clock clock) {
        this.table = table;
        this.bell = bell;
        this.definitions = definitions;
        this.channels = channels;
        this.config = config;
        this.backoff = new Backoff(config.retryDelay(), config.retryDelayLimit());
        this.metrics = metrics;
        this.clock = clock;
    }

    void start(@Observes StartupEvent started) {
        worker = Thread.ofVirtual().name("deliverer").start(this::work);
    }

    void stop(@Observes ShutdownEvent ending) throws InterruptedException {
        if (worker != null) {
            worker.interrupt();
            worker.join(config.smtpTimeout());
        }
    }

    private void work() {
        try {
            definitions.awaitCaughtUp();
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    spread();
                    deliverAllDue();
                } catch (RuntimeException e) {
                    // Whatever it is, everything is in the database and is looked at again.
                    LOG.error("deliveries stopped short and go on in a moment", e);
                }
                bell.await(config.polling());
            }
        } catch (InterruptedException e) {
            LOG.debug("told to end", e);
        }
    }

    private void spread() throws InterruptedException {
        List<Receiver> receivers =
                definitions.notifications().map(this::receivers).orElse(List.of());
        Persistence.untilDone("deciding who is told", () -> {
            Instant now = clock.instant();
            for (Waiting notice : table.waiting(AT_ONCE)) {
                if (!receivers.isEmpty()) {
                    table.spread(notice, receivers, now);
                } else if (notice.decidedAt().plus(config.waitForReceivers()).isBefore(now)) {
                    LOG.warnf(
                            "nobody is told of %s (event %s). HINT: define notifications in holdfast.yaml.",
                            notice.matter(), notice.event());
                    table.spread(notice, List.of(), now);
                }
            }
            return receivers;
        });
    }

    private List<Receiver> receivers(NotificationsDefined definition) {
        return channels.stream()
                .flatMap(channel ->
                        channel.receivers(definition).stream().map(address -> new Receiver(channel.name(), address)))
                .distinct()
                .toList();
    }

    private void deliverAllDue() throws InterruptedException {
        Duration longest = config.smtpTimeout().multipliedBy(10).plus(MARGIN);
        while (!Thread.currentThread().isInterrupted()) {
            Optional<Delivery> due = Persistence.untilDone(
                    "looking for deliveries",
                    () -> table.claim(clock.instant(), clock.instant().plus(longest)));
            if (due.isEmpty()) {
                return;
            }
            attempt(due.get());
        }
    }

    private void attempt(Delivery delivery) throws InterruptedException {
        try {
            Channel channel = channels.stream()
                    .filter(each -> each.name().equals(delivery.channel()))
                    .findFirst()
                    .orElseThrow(() -> new DeliveryException("no channel " + delivery.channel() + " is known here"));
            NotificationsDefined definition = definitions
                    .notifications()
                    .orElseThrow(() -> new DeliveryException(
                            "no notifications are defined any more. HINT: define them in holdfast.yaml."));
            channel.deliver(definition, delivery.notice(), delivery.receiver());
        } catch (DeliveryException e) {
            failed(delivery, String.valueOf(e.getMessage()));
            return;
        }
        note(delivery, "delivered", () -> table.delivered(delivery, clock.instant()));
        LOG.infof(
                "%s to %s: %s %s (event %s)",
                delivery.channel(),
                delivery.receiver(),
                delivery.notice().sort(),
                delivery.notice().title(),
                delivery.notice().event());
    }

    private void failed(Delivery delivery, String why) throws InterruptedException {
        Instant now = clock.instant();
        if (delivery.decidedAt().plus(config.giveUpAfter()).isBefore(now)) {
            LOG.errorf(
                    "%s to %s is given up after %d attempts: %s",
                    delivery.channel(), delivery.receiver(), delivery.attempts(), why);
            note(delivery, "given_up", () -> table.giveUp(delivery, now, why));
        } else {
            Duration wait = backoff.after(delivery.attempts());
            LOG.warnf(
                    "%s to %s did not arrive, attempt %d, next in %d s: %s",
                    delivery.channel(), delivery.receiver(), delivery.attempts(), wait.toSeconds(), why);
            note(delivery, "failed", () -> table.tryAgain(delivery, now.plus(wait), why));
        }
    }

    private void note(Delivery delivery, String outcome, Note note) throws InterruptedException {
        Persistence.untilDone("noting a delivery", () -> {
            note.write();
            return outcome;
        });
        metrics.counter("holdfast.notifier.deliveries", "channel", delivery.channel(), "outcome", outcome)
                .increment();
    }

    @FunctionalInterface
    private interface Note {
        void write() throws SQLException;
    }
}

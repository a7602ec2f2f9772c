package io.holdfast.notifier.delivery;

import io.holdfast.events.definition.NotificationsDefined;
import io.holdfast.notifier.NotifierConfig;
import io.holdfast.notifier.channel.Channel;
import io.holdfast.notifier.channel.DeliveryException;
import io.holdfast.notifier.incident.Notice;
import io.holdfast.runtime.database.Bell;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Brings notices to people, for as long as the process lives. Several processes may do so at the same time. An attempt is
 * written down before it is made and after; only a process that dies between a receiver's answer and that note makes
 * a message arrive twice, and then with the same identity. Each channel has a thread of its own: one that does not answer
 * holds up no other.
 */
@Singleton
class Deliverer {

    private static final Logger LOG = Logger.getLogger(Deliverer.class);
    private static final int MOST_TOGETHER = 200;
    private static final Duration MARGIN = Duration.ofSeconds(60);

    private final DeliveryTable table;
    private final DeliveryBell bell;
    private final Spreading spreading;
    private final Contacts contacts;
    private final TestResults tests;
    private final Definitions definitions;
    private final List<Channel> channels;
    private final List<Bell> bells;
    private final NotifierConfig config;
    private final Backoff backoff;
    private final MeterRegistry metrics;
    private final Clock clock;
    private final List<Thread> workers = new ArrayList<>();

    Deliverer(
            DeliveryTable table,
            DeliveryBell bell,
            Spreading spreading,
            Contacts contacts,
            TestResults tests,
            Definitions definitions,
            @All List<Channel> channels,
            NotifierConfig config,
            MeterRegistry metrics,
            Clock clock) {
        this.table = table;
        this.bell = bell;
        this.spreading = spreading;
        this.contacts = contacts;
        this.tests = tests;
        this.definitions = definitions;
        this.channels = channels;
        this.bells = channels.stream().map(channel -> new Bell()).toList();
        this.config = config;
        this.backoff = new Backoff(config.retryDelay(), config.retryDelayLimit());
        this.metrics = metrics;
        this.clock = clock;
    }

    void start(@Observes StartupEvent started) {
        workers.add(Thread.ofVirtual().name("notices").start(() -> work("deciding who is told", this::decide)));
        for (int i = 0; i < channels.size(); i++) {
            Channel channel = channels.get(i);
            Bell rung = bells.get(i);
            workers.add(Thread.ofVirtual()
                    .name("deliverer " + channel.name())
                    .start(() -> work("deliveries over " + channel.name(), () -> {
                        deliverAllDue(channel);
                        rung.await(config.polling());
                    })));
        }
    }

    void stop(@Observes ShutdownEvent ending) throws InterruptedException {
        workers.forEach(Thread::interrupt);
        for (Thread worker : workers) {
            worker.join(config.smtpTimeout());
        }
        workers.clear();
    }

    @FunctionalInterface
    private interface Turn {
        void take() throws InterruptedException;
    }

    private void work(String what, Turn turn) {
        try {
            definitions.awaitCaughtUp();
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    turn.take();
                } catch (RuntimeException e) {
                    // Whatever it is, everything is in the database and is looked at again.
                    LOG.errorf(e, "%s stopped short and go on in a moment", what);
                    Thread.sleep(config.polling());
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("told to end", e);
        }
    }

    private void decide() throws InterruptedException {
        @Nullable NotificationsDefined definition = definitions.notifications().orElse(null);
        Persistence.untilDone("deciding who is told", () -> spreading.spread(definition, clock.instant()));
        if (definition != null) {
            Persistence.untilDone("telling the next", () -> {
                contacts.move(definition, clock.instant());
                tests.sayResults(clock.instant());
                return definition;
            });
        }
        bells.forEach(Bell::ring);
        bell.await(config.polling());
    }

    private void deliverAllDue(Channel channel) throws InterruptedException {
        Duration longest = config.smtpTimeout().multipliedBy(10).plus(MARGIN);
        while (!Thread.currentThread().isInterrupted()) {
            List<Delivery> due = Persistence.untilDone("looking for deliveries", () -> claim(channel, longest));
            if (due.isEmpty()) {
                return;
            }
            attempt(channel, due);
        }
    }

    private List<Delivery> claim(Channel channel, Duration longest) throws SQLException {
        Instant now = clock.instant();
        Instant until = now.plus(longest);
        Optional<Delivery> first = table.claim(channel.name(), now, until);
        if (first.isEmpty()) {
            return List.of();
        }
        List<Delivery> due = new ArrayList<>(List.of(first.get()));
        if (channel.gathers() && first.get().notice().sort() != Notice.Sort.TEST) {
            due.addAll(table.claimMore(first.get(), config.groupFrom() - 1, MOST_TOGETHER, now, until));
        }
        return due;
    }

    private void attempt(Channel channel, List<Delivery> due) throws InterruptedException {
        Delivery first = due.getFirst();
        Notice notice = due.size() == 1
                ? first.notice()
                : Several.of(due.stream().map(Delivery::notice).toList());
        @Nullable String reference;
        try {
            NotificationsDefined definition = definitions
                    .notifications()
                    .orElseThrow(() -> new DeliveryException(
                            "no notifications are defined any more. HINT: define them in holdfast.yaml."));
            reference =
                    channel.deliver(definition, notice, first.receiver(), due.size() == 1 ? first.answered() : null);
        } catch (DeliveryException e) {
            failed(due, e);
            return;
        }
        note(due, "delivered", delivery -> table.delivered(delivery, clock.instant(), reference));
        LOG.infof(
                "%s to %s: %s %s (event %s)",
                first.channel(), first.receiver(), notice.sort(), notice.title(), notice.event());
    }

    private void failed(List<Delivery> due, DeliveryException failure) throws InterruptedException {
        Delivery first = due.getFirst();
        String why = String.valueOf(failure.getMessage());
        Instant now = clock.instant();
        boolean isTest = first.notice().sort() == Notice.Sort.TEST;
        if (isTest || first.decidedAt().plus(config.giveUpAfter()).isBefore(now)) {
            LOG.errorf(
                    "%s to %s is given up after %d attempts: %s",
                    first.channel(), first.receiver(), first.attempts(), why);
            note(List.of(first), "given_up", delivery -> table.giveUp(delivery, now, why));
            return;
        }
        Duration usual = backoff.after(first.attempts());
        Duration wait =
                failure.retryAfter().filter(asked -> asked.compareTo(usual) > 0).orElse(usual);
        LOG.warnf(
                "%s to %s did not arrive, attempt %d, next in %d s: %s",
                first.channel(), first.receiver(), first.attempts(), wait.toSeconds(), why);
        note(due, "failed", delivery -> table.tryAgain(delivery, now.plus(wait), why));
    }

    private void note(List<Delivery> due, String outcome, Note note) throws InterruptedException {
        Persistence.untilDone("noting a delivery", () -> {
            for (Delivery delivery : due) {
                note.write(delivery);
            }
            return outcome;
        });
        metrics.counter(
                        "holdfast.notifier.deliveries",
                        "channel",
                        due.getFirst().channel(),
                        "outcome",
                        outcome)
                .increment(due.size());
    }

    @FunctionalInterface
    private interface Note {
        void write(Delivery delivery) throws SQLException;
    }
}

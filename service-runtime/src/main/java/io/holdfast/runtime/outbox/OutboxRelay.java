package io.holdfast.runtime.outbox;

import io.holdfast.runtime.configuration.HoldfastConfig;
import io.holdfast.runtime.database.Bell;
import io.holdfast.runtime.topics.Topics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Carries events from the outbox to Kafka. One process of a service does it at a time, the others stand by: with several at work
 * the order of a key would be lost.
 */
@Singleton
public class OutboxRelay {

    private static final Logger LOG = Logger.getLogger(OutboxRelay.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration PRUNING = Duration.ofMinutes(10);
    private static final Duration COUNTING = Duration.ofSeconds(2);

    private final OutboxTable table;
    private final Bell bell;
    private final Topics topics;
    private final HoldfastConfig config;
    private final AtomicLong backlog = new AtomicLong();
    private volatile boolean stopping;
    private volatile @Nullable Thread thread;
    private @Nullable OutboxProducer producer;
    private long countedAt;
    private long prunedAt;

    OutboxRelay(DataSource database, OutboxBell bell, Topics topics, HoldfastConfig config, MeterRegistry metrics) {
        this.table = new OutboxTable(database);
        this.bell = bell.bell();
        this.topics = topics;
        this.config = config;
        Gauge.builder("holdfast.outbox.backlog", backlog, AtomicLong::doubleValue)
                .description("Events said and not yet on Kafka")
                .register(metrics);
    }

    void start(@Observes StartupEvent started) {
        thread = Thread.ofVirtual().name("outbox-relay").start(this::run);
    }

    void stop(@Observes ShutdownEvent stopped) throws InterruptedException {
        stopping = true;
        bell.ring();
        Thread running = thread;
        if (running != null && !running.join(Duration.ofSeconds(3))) {
            running.interrupt();
            running.join(Duration.ofSeconds(3));
        }
    }

    /** Whether the relay runs, as it does until the process ends. */
    public boolean alive() {
        Thread running = thread;
        return stopping || (running != null && running.isAlive());
    }

    private void run() {
        Duration pause = config.outbox().polling();
        try {
            while (!stopping) {
                try {
                    topics.awaitMade();
                    while (!stopping && round() > 0) {
                        pause = config.outbox().polling();
                    }
                    keepHouse();
                    pause = config.outbox().polling();
                    bell.await(pause);
                } catch (SQLException | KafkaException | ExecutionException | TimeoutException e) {
                    pause = longer(pause);
                    LOG.warnf("events wait in the outbox, next try in %d ms: %s", pause.toMillis(), reason(e));
                    recover(pause);
                } catch (RuntimeException e) {
                    pause = longer(pause);
                    LOG.errorf(e, "events wait in the outbox, next try in %d ms", pause.toMillis());
                    recover(pause);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("the relay was told to end", e);
        } finally {
            closeProducer();
        }
    }

    /** Whether the broker took the batch is not known: a fresh producer sends all of it again. */
    private void recover(Duration pause) throws InterruptedException {
        closeProducer();
        TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    private int round() throws SQLException, ExecutionException, TimeoutException, InterruptedException {
        return table.relay(events -> {
            OutboxProducer current = producer;
            if (current == null) {
                current = new OutboxProducer(config.kafka());
                producer = current;
            }
            current.sendAll(events);
        });
    }

    private void keepHouse() throws SQLException {
        long now = System.nanoTime();
        if (countedAt == 0 || now - countedAt > COUNTING.toNanos()) {
            backlog.set(table.backlog());
            countedAt = now;
        }
        if (prunedAt == 0 || now - prunedAt > PRUNING.toNanos()) {
            table.prune(config.outbox().keep());
            prunedAt = now;
        }
    }

    private void closeProducer() {
        OutboxProducer current = producer;
        producer = null;
        if (current != null) {
            current.close();
        }
    }

    private static String reason(Exception e) {
        Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
        return cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }
}

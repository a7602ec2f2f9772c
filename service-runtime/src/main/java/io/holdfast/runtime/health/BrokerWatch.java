package io.holdfast.runtime.health;

import io.holdfast.runtime.configuration.HoldfastConfig;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Asks the broker every few seconds, so that readiness answers at once. Thread safe. */
@Singleton
class BrokerWatch {

    private static final Logger LOG = Logger.getLogger(BrokerWatch.class);
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final String brokers;
    private volatile @Nullable String problem = "not asked yet";
    private volatile @Nullable Thread thread;

    BrokerWatch(HoldfastConfig config) {
        this.brokers = config.kafka();
    }

    void start(@Observes StartupEvent started) {
        thread = Thread.ofVirtual().name("broker-watch").start(this::run);
    }

    void stop(@Observes ShutdownEvent stopped) {
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    /** What is wrong with the broker; empty when it answers. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    private void run() {
        try {
            while (true) {
                try (Admin admin = Admin.create(Map.of(
                        AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                        brokers,
                        AdminClientConfig.CLIENT_ID_CONFIG,
                        "broker-watch",
                        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        2_000,
                        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        3_000))) {
                    askFor(admin);
                } catch (KafkaException e) {
                    problem = reason(e);
                    TimeUnit.NANOSECONDS.sleep(INTERVAL.toNanos());
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("told to end", e);
        }
    }

    private void askFor(Admin admin) throws InterruptedException {
        while (true) {
            try {
                admin.describeCluster().clusterId().get(4, TimeUnit.SECONDS);
                problem = null;
            } catch (ExecutionException | TimeoutException e) {
                problem = reason(e);
            }
            TimeUnit.NANOSECONDS.sleep(INTERVAL.toNanos());
        }
    }

    private static String reason(Exception e) {
        Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
        return cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }
}

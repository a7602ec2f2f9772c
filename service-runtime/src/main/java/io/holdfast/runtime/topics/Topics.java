package io.holdfast.runtime.topics;

import io.holdfast.events.Topic;
import io.holdfast.runtime.configuration.HoldfastConfig;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Makes the topics that are missing, once the broker answers. What exists is left as it is. */
@Singleton
public class Topics {

    private static final Logger LOG = Logger.getLogger(Topics.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final HoldfastConfig config;
    private final CountDownLatch made = new CountDownLatch(1);
    private volatile @Nullable Thread thread;

    Topics(HoldfastConfig config) {
        this.config = config;
    }

    void start(@Observes StartupEvent started) {
        thread = Thread.ofVirtual().name("topics").start(this::run);
    }

    void stop(@Observes ShutdownEvent stopped) {
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    /** Waits until all topics are there. */
    public void awaitMade() throws InterruptedException {
        made.await();
    }

    /** Whether all topics are known to be there. */
    public boolean made() {
        return made.getCount() == 0;
    }

    private void run() {
        try {
            while (!made()) {
                try (Admin admin = admin(config.kafka())) {
                    makeMissing(admin);
                    made.countDown();
                } catch (ExecutionException | TimeoutException | KafkaException e) {
                    LOG.warnf("the topics cannot be looked at, next try in 1 s: %s", e.getMessage());
                    TimeUnit.SECONDS.sleep(1);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("told to end before the topics were there", e);
        }
    }

    private void makeMissing(Admin admin) throws ExecutionException, TimeoutException, InterruptedException {
        Set<String> existing = admin.listTopics().names().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        List<NewTopic> missing = new ArrayList<>();
        Arrays.stream(Topic.values())
                .filter(topic -> !existing.contains(topic.topicName()))
                .forEach(topic -> missing.add(describe(topic)));
        for (var answer : admin.createTopics(missing).values().entrySet()) {
            try {
                answer.getValue().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                LOG.infof("made the topic %s", answer.getKey());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
    }

    private NewTopic describe(Topic topic) {
        Map<String, String> settings = new HashMap<>();
        settings.put(
                TopicConfig.RETENTION_MS_CONFIG,
                topic.retention().isZero()
                        ? "-1"
                        : Long.toString(topic.retention().toMillis()));
        settings.put(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                topic.compacted() ? TopicConfig.CLEANUP_POLICY_COMPACT : TopicConfig.CLEANUP_POLICY_DELETE);
        // A broker measures what it is sent compressed as it is, unless it has to unpack it: kilobytes could become
        // gigabytes with those who read it.
        settings.put(TopicConfig.COMPRESSION_TYPE_CONFIG, "uncompressed");
        short replication = config.topics().replication();
        Optional<Short> copies = replication > 0 ? Optional.of(replication) : Optional.empty();
        return new NewTopic(topic.topicName(), Optional.of(Topic.PARTITIONS), copies).configs(settings);
    }

    private static Admin admin(String brokers) {
        return Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                brokers,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                3_000,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                (int) PATIENCE.toMillis()));
    }
}

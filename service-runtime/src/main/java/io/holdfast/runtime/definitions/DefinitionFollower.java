package io.holdfast.runtime.definitions;

import io.holdfast.events.Topic;
import io.holdfast.events.signing.SignatureCheck;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.runtime.configuration.HoldfastConfig;
import io.holdfast.runtime.definitions.DefinitionCheck.Answer;
import io.holdfast.runtime.intake.IncomingRecord;
import io.holdfast.runtime.signing.ControlPlaneKey;
import io.holdfast.runtime.signing.MissingKeyException;
import io.holdfast.runtime.topics.Topics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Follows the topic of definitions from its beginning, in every process for itself. A plain consumer without a group: it
 * is faster than one with, and leaves nothing behind on the broker.
 */
@Singleton
public class DefinitionFollower {

    private static final Logger LOG = Logger.getLogger(DefinitionFollower.class);
    private static final Duration POLL = Duration.ofMillis(500);

    private final Definitions definitions;
    private final DefinitionCheck check;
    private final ControlPlaneKey key;
    private final Topics topics;
    private final HoldfastConfig config;
    private final Counter ignored;
    private volatile boolean stopping;
    private volatile @Nullable Thread thread;
    private volatile @Nullable KafkaConsumer<String, byte[]> consumer;

    DefinitionFollower(
            Definitions definitions,
            EventCodec codec,
            ControlPlaneKey key,
            Topics topics,
            HoldfastConfig config,
            MeterRegistry metrics) {
        this.definitions = definitions;
        this.check = new DefinitionCheck(codec);
        this.key = key;
        this.topics = topics;
        this.config = config;
        this.ignored = Counter.builder("holdfast.definitions.ignored")
                .description("Records among the definitions that do not count, such as unsigned ones")
                .register(metrics);
    }

    void start(@Observes StartupEvent started) {
        thread = Thread.ofPlatform().daemon().name("definitions").start(this::run);
    }

    void stop(@Observes ShutdownEvent stopped) throws InterruptedException {
        stopping = true;
        KafkaConsumer<String, byte[]> current = consumer;
        if (current != null) {
            current.wakeup();
        }
        Thread running = thread;
        if (running != null && !running.join(Duration.ofSeconds(2))) {
            running.interrupt();
        }
    }

    /** Whether definitions are followed, as they are until the process ends. */
    public boolean alive() {
        Thread running = thread;
        return stopping || (running != null && running.isAlive());
    }

    private void run() {
        try {
            SignatureCheck signature = awaitKey();
            topics.awaitMade();
            while (!stopping) {
                try (KafkaConsumer<String, byte[]> fresh = newConsumer()) {
                    consumer = fresh;
                    follow(fresh, signature);
                } catch (WakeupException e) {
                    LOG.debug("told to end", e);
                } catch (InterruptException e) {
                    throw (InterruptedException) new InterruptedException("while following definitions").initCause(e);
                } catch (KafkaException e) {
                    LOG.warnf("definitions cannot be followed, next try in 1 s: %s", e.getMessage());
                    TimeUnit.SECONDS.sleep(1);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("told to end", e);
        }
    }

    private SignatureCheck awaitKey() throws InterruptedException {
        boolean said = false;
        while (true) {
            try {
                return key.check();
            } catch (MissingKeyException e) {
                if (!said) {
                    LOG.warnf("no definition counts yet: %s", e.getMessage());
                    said = true;
                }
                TimeUnit.SECONDS.sleep(1);
            }
        }
    }

    private void follow(KafkaConsumer<String, byte[]> from, SignatureCheck signature) {
        List<TopicPartition> partitions = from.partitionsFor(Topic.DEFINITIONS.topicName()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw new KafkaException("the topic " + Topic.DEFINITIONS.topicName() + " has no partitions yet");
        }
        from.assign(partitions);
        from.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = from.endOffsets(partitions);
        while (!stopping) {
            for (ConsumerRecord<String, byte[]> next : from.poll(POLL)) {
                take(IncomingRecord.of(next), signature);
            }
            if (!definitions.caughtUp()
                    && ends.entrySet().stream().allMatch(end -> from.position(end.getKey()) >= end.getValue())) {
                definitions.reachEnd();
                LOG.infof(
                        "definitions are known: %d targets, %d repositories",
                        definitions.targets().size(), definitions.repositories().size());
            }
        }
    }

    private void take(IncomingRecord next, SignatureCheck signature) {
        WireEvent wire = next.wire();
        switch (check.check(wire, signature)) {
            case Answer.Counts counts -> {
                if (!definitions.accept(counts.definition(), next.partition(), next.offset())) {
                    LOG.debugf("%s is older than what is known", wire);
                }
            }
            case Answer.Unknown unknown -> LOG.infof("this version does not know the definition %s", unknown.type());
            case Answer.Ignored answer -> {
                ignored.increment();
                if (wire.key() != null) {
                    definitions.ignore(wire.key(), next.partition(), next.offset());
                }
                LOG.warnf("%s at %d/%d is ignored: %s", wire, next.partition(), next.offset(), answer.why());
            }
        }
    }

    private KafkaConsumer<String, byte[]> newConsumer() {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        config.kafka(),
                        ConsumerConfig.CLIENT_ID_CONFIG,
                        "definitions",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                        false,
                        ConsumerConfig.METADATA_MAX_AGE_CONFIG,
                        5_000,
                        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        10_000,
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        100,
                        ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
                        4 * 1024 * 1024),
                new StringDeserializer(),
                new ByteArrayDeserializer());
    }
}

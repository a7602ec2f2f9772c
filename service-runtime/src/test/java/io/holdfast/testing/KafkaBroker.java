package io.holdfast.testing;

import io.holdfast.events.wire.WireEvent;
import io.smallrye.reactive.messaging.kafka.companion.test.EmbeddedKafkaBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka broker in this process, on a free port of 127.0.0.1. Can be stopped and started again with what it holds.
 * Topics are not made by themselves. Not thread safe.
 */
public final class KafkaBroker implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path folder;
    private final int port;
    private final int controllerPort;
    private final String clusterId = "holdfast-test-cluster0";
    private @Nullable EmbeddedKafkaBroker broker;

    private KafkaBroker(Path folder, int port, int controllerPort) {
        this.folder = folder;
        this.port = port;
        this.controllerPort = controllerPort;
    }

    public static KafkaBroker started() {
        KafkaBroker fresh = prepared();
        fresh.start();
        return fresh;
    }

    /** A broker that has its address, and does not run yet. */
    public static KafkaBroker prepared() {
        try {
            return new KafkaBroker(TestFolders.make("kafka"), freePort(), freePort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What clients connect to. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /** Starts it again after {@link #stop}, at the same address and with the same topics. */
    public void start() {
        if (broker == null) {
            broker = new EmbeddedKafkaBroker()
                    .withKafkaHost("127.0.0.1")
                    .withKafkaPort(port)
                    .withControllerPort(controllerPort)
                    .withClusterId(clusterId)
                    .withDeleteLogDirsOnClose(false)
                    .withAdditionalProperties(settings -> {
                        settings.setProperty("log.dirs", folder.toString());
                        settings.setProperty("log.dir", folder.toString());
                        settings.setProperty("auto.create.topics.enable", "false");
                        settings.setProperty("offsets.topic.num.partitions", "1");
                    })
                    .start();
        }
    }

    /** Stops it; clients find nobody at its address. */
    public void stop() {
        EmbeddedKafkaBroker running = broker;
        broker = null;
        if (running != null) {
            running.close();
        }
    }

    @Override
    public void close() {
        stop();
        TestFolders.delete(folder);
    }

    /** Sends records in their order, and returns when the broker has them. */
    public void send(WireEvent... events) {
        List<ProducerRecord<String, byte[]>> all = new ArrayList<>();
        for (WireEvent event : events) {
            ProducerRecord<String, byte[]> one = new ProducerRecord<>(event.topic(), event.key(), event.data());
            event.headers().forEach((name, value) -> one.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
            all.add(one);
        }
        send(all);
    }

    /** Sends raw records, such as one without a value. */
    public void send(List<ProducerRecord<String, byte[]>> all) {
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                address(),
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                4 * 1024 * 1024);
        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            for (ProducerRecord<String, byte[]> one : all) {
                producer.send(one).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the broker did not take the record", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending", e);
        }
    }

    /** All that is on a topic now, in order for each partition. Empty if there is no such topic. */
    public List<WireEvent> records(String topic) {
        return rawRecords(topic).stream().map(KafkaBroker::toWire).toList();
    }

    /** All that is on a topic now, as it lies there. */
    public List<ConsumerRecord<String, byte[]>> rawRecords(String topic) {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, address(),
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic, PATIENCE).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            if (partitions.isEmpty()) {
                return List.of();
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(found::add);
            }
            return found;
        }
    }

    private static WireEvent toWire(ConsumerRecord<String, byte[]> source) {
        Map<String, String> headers = new HashMap<>();
        source.headers().forEach(header -> {
            if (header.value() != null) {
                headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
            }
        });
        return new WireEvent(
                source.topic(), source.key(), headers, source.value() == null ? new byte[0] : source.value());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}

package io.holdfast.runtime.progress;

import io.holdfast.events.wire.WireEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jboss.logging.Logger;

/** A producer that neither waits nor remembers. */
final class ProgressProducer implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(ProgressProducer.class);

    private final KafkaProducer<String, byte[]> producer;

    ProgressProducer(String brokers) {
        this.producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        brokers,
                        ProducerConfig.CLIENT_ID_CONFIG,
                        "progress",
                        ProducerConfig.ACKS_CONFIG,
                        "1",
                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                        false,
                        ProducerConfig.RETRIES_CONFIG,
                        0,
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        512L * 1024,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        1_000L,
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        2_000,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        3_000),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    void send(WireEvent event) {
        ProducerRecord<String, byte[]> toSend = new ProducerRecord<>(event.topic(), event.key(), event.data());
        event.headers().forEach((name, value) -> toSend.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        try {
            producer.send(toSend, (metadata, failure) -> {
                if (failure != null) {
                    LOG.debugf("%s was not sent: %s", event, failure.getMessage());
                }
            });
        } catch (KafkaException e) {
            LOG.debugf("%s was not sent: %s", event, e.getMessage());
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }
}

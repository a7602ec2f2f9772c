package io.holdfast.runtime.outbox;

import io.holdfast.events.wire.WireEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** An idempotent producer that keeps order, and whose answer is awaited. To be thrown away after its first failure. */
final class OutboxProducer {

    /** A longer record is not sent. The broker's own limit is a little above. */
    static final int MAX_RECORD = 1024 * 1024;

    private static final Duration DELIVERY = Duration.ofSeconds(15);

    private final KafkaProducer<String, byte[]> producer;
    private final AtomicReference<@Nullable Exception> firstFailure = new AtomicReference<>();

    OutboxProducer(String brokers) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, "outbox");
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        // A broker that comes back knows nothing of this producer and takes whichever batch of a partition it sees
        // first:
        // with several in flight the second one may overtake the first, and numbering them does not help.
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_RECORD);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000L);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) DELIVERY.toMillis());
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 8L * 1024 * 1024);
        this.producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    }

    void sendAll(List<WireEvent> events) throws ExecutionException, TimeoutException, InterruptedException {
        List<Future<RecordMetadata>> answers = new ArrayList<>(events.size());
        for (WireEvent event : events) {
            answers.add(send(event));
        }
        long end = System.nanoTime() + DELIVERY.plusSeconds(5).toNanos();
        for (Future<RecordMetadata> answer : answers) {
            answer.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
    }

    private Future<RecordMetadata> send(WireEvent event) {
        try {
            return producer.send(toRecord(event), (metadata, failure) -> {
                if (failure != null) {
                    firstFailure.compareAndSet(null, failure);
                    // What is still in here must not reach the broker before what just failed is sent again.
                    producer.close(Duration.ZERO);
                }
            });
        } catch (IllegalStateException e) {
            Exception first = firstFailure.get();
            throw first == null ? e : new KafkaException("an earlier event failed: " + first.getMessage(), first);
        }
    }

    static ProducerRecord<String, byte[]> toRecord(WireEvent event) {
        ProducerRecord<String, byte[]> toSend = new ProducerRecord<>(event.topic(), event.key(), event.data());
        event.headers().forEach((name, value) -> toSend.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        return toSend;
    }

    void close() {
        producer.close(Duration.ZERO);
    }
}

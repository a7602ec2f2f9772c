package io.holdfast.cli.e2e;

import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.Topic;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.events.wire.Decoded;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Kafka as another service sees it: everything that was said, and a way to say something. */
final class Log {
    private final String bootstrap;
    private final EventCodec codec = new EventCodec();

    Log(String bootstrap) {
        this.bootstrap = bootstrap;
    }

    /** Everything in a topic, from its beginning to where it ends now. */
    List<WireEvent> read(Topic topic) {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed");
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic.topicName()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<WireEvent> read = new ArrayList<>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> read.add(wire(record)));
            }
            return read;
        }
    }

    /** The events of one sort in the log. */
    <D extends EventData> List<Event<?>> said(Class<D> sort) {
        List<Event<?>> said = new ArrayList<>();
        for (WireEvent wire : read(Topic.EVENTS)) {
            if (codec.decode(wire) instanceof Decoded.Known known
                    && sort.isInstance(known.event().data())) {
                said.add(known.event());
            }
        }
        return said;
    }

    /** The port that the newest definition of a target names; 0 where there is none. */
    int targetPort(String target) {
        int port = 0;
        for (WireEvent wire : read(Topic.DEFINITIONS)) {
            if (codec.decode(wire) instanceof Decoded.Known known
                    && known.event().data() instanceof TargetDefined defined
                    && defined.target().value().equals(target)) {
                port = defined.postgres().port();
            }
        }
        return port;
    }

    /** Says something, several times over, and waits until it is in the log. */
    void say(WireEvent wire, int times) throws InterruptedException, ExecutionException {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "max.request.size", 2_000_000);
        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < times; i++) {
                ProducerRecord<String, byte[]> record = new ProducerRecord<>(wire.topic(), wire.key(), wire.data());
                wire.headers()
                        .forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
                producer.send(record).get();
            }
        }
    }

    private static WireEvent wire(ConsumerRecord<String, byte[]> record) {
        Map<String, String> headers = new HashMap<>();
        record.headers()
                .forEach(header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return new WireEvent(
                record.topic(), record.key(), headers, record.value() == null ? new byte[0] : record.value());
    }
}

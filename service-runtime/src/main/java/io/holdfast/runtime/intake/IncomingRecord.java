package io.holdfast.runtime.intake;

import io.holdfast.events.wire.WireEvent;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A record as it came from Kafka.
 *
 * @param wire      what it carries
 * @param partition the partition it was read from
 * @param offset    its place there
 */
public record IncomingRecord(WireEvent wire, int partition, long offset) {

    /** A record without a value carries no data. */
    public static IncomingRecord of(ConsumerRecord<String, byte[]> source) {
        Map<String, String> headers = new HashMap<>();
        for (Header header : source.headers()) {
            if (header.value() != null) {
                headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
            }
        }
        byte[] data = source.value() == null ? new byte[0] : source.value();
        return new IncomingRecord(
                new WireEvent(source.topic(), source.key(), headers, data), source.partition(), source.offset());
    }

    String position() {
        return partition + "/" + offset;
    }
}

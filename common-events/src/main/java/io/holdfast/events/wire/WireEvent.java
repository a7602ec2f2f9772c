package io.holdfast.events.wire;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event as a Kafka record: CloudEvents 1.0 in binary mode, JSON data.
 *
 * @param topic   the topic's name
 * @param key     the record's key; absent on records of other publishers that set none
 * @param headers the record's headers, their last value each
 * @param data    the record's value
 * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md">
 *     Kafka Protocol Binding for CloudEvents 1.0</a>
 */
public record WireEvent(String topic, @Nullable String key, Map<String, String> headers, byte[] data) {

    public static final String SPEC_VERSION = "ce_specversion";
    public static final String ID = "ce_id";
    public static final String SOURCE = "ce_source";
    public static final String TYPE = "ce_type";
    public static final String SUBJECT = "ce_subject";
    public static final String TIME = "ce_time";
    public static final String CORRELATION_ID = "ce_correlationid";
    public static final String CAUSATION_ID = "ce_causationid";
    public static final String TRACE_PARENT = "ce_traceparent";
    public static final String CONTENT_TYPE = "content-type";

    public WireEvent {
        headers = Map.copyOf(headers);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof WireEvent that
                && topic.equals(that.topic)
                && Objects.equals(key, that.key)
                && headers.equals(that.headers)
                && Arrays.equals(data, that.data);
    }

    @Override
    public int hashCode() {
        return Objects.hash(topic, key, headers, Arrays.hashCode(data));
    }

    @Override
    public String toString() {
        return "WireEvent[" + topic + ", key=" + key + ", type=" + headers.get(TYPE) + ", id=" + headers.get(ID) + ", "
                + data.length + " bytes]";
    }
}

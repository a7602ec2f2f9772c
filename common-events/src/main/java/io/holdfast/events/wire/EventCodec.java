package io.holdfast.events.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.EventType;
import io.holdfast.events.Topic;
import io.holdfast.events.wire.Decoded.Known;
import io.holdfast.events.wire.Decoded.Malformed;
import io.holdfast.events.wire.Decoded.Unrecognised;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Events to Kafka records and back. Thread safe. */
public final class EventCodec {

    /** A longer event is refused: whatever needs more belongs in the repository. */
    public static final int MAX_BYTES = 256 * 1024;

    /** A longer request is refused: later events repeat what it says, and must not become too long themselves. */
    public static final int MAX_REQUEST_BYTES = 64 * 1024;

    private static final String NO_SOURCE = "/unknown";
    private static final int MAX_SOURCE = 300;

    // https://www.w3.org/TR/trace-context/#traceparent-header
    private static final Pattern TRACE_PARENT = Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    private static final ObjectMapper JSON = newJsonMapper();

    public EventCodec() {}

    /** The JSON of the contract: snake_case, absent instead of null, unknown fields ignored, ISO 8601 times, {@link WholeText}. */
    public static ObjectMapper newJsonMapper() {
        ObjectMapper mapper = JsonMapper.builder()
                .addModule(new Jdk8Module())
                .addModule(new JavaTimeModule())
                .addModule(WholeText.module())
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .defaultPropertyInclusion(
                        JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
        mapper.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(64)
                        .maxStringLength(MAX_BYTES)
                        .build());
        return mapper;
    }

    /** The record that says this event, on the topic where Holdfast says it. */
    public WireEvent encode(Event<?> event) {
        return encode(event, EventType.of(event.data()).topic());
    }

    /** The record that says this event on the given topic, for types that are said on several. */
    public WireEvent encode(Event<?> event, Topic topic) {
        EventType type = EventType.of(event.data());
        if (!type.topics().contains(topic)) {
            throw new IllegalArgumentException(type.wireName() + " is not said on " + topic.topicName());
        }
        Map<String, String> headers = new HashMap<>();
        headers.put(WireEvent.SPEC_VERSION, "1.0");
        headers.put(WireEvent.ID, event.id().value());
        headers.put(WireEvent.SOURCE, event.source());
        headers.put(WireEvent.TYPE, type.wireName());
        headers.put(WireEvent.SUBJECT, event.data().subject());
        headers.put(WireEvent.TIME, event.time().toString());
        headers.put(WireEvent.CORRELATION_ID, event.correlationId().value());
        if (event.causationId() != null) {
            headers.put(WireEvent.CAUSATION_ID, event.causationId().value());
        }
        if (event.traceparent() != null) {
            headers.put(WireEvent.TRACE_PARENT, event.traceparent());
        }
        headers.put(WireEvent.CONTENT_TYPE, "application/json");
        byte[] data = json(event.data(), maxBytes(topic.topicName()));
        return new WireEvent(topic.topicName(), event.data().subject(), headers, data);
    }

    /** What a record is. Never throws: whatever is wrong with it is in the answer. */
    public Decoded decode(WireEvent wire) {
        int maxBytes = maxBytes(wire.topic());
        if (wire.data().length > maxBytes) {
            return new Malformed("oversized: " + wire.data().length + " bytes, at most " + maxBytes + " are taken");
        }
        Map<String, String> headers = wire.headers();
        if (!"1.0".equals(headers.get(WireEvent.SPEC_VERSION))) {
            return new Malformed("not a CloudEvent 1.0 in binary mode: header ce_specversion is "
                    + headers.get(WireEvent.SPEC_VERSION));
        }
        String typeName = headers.get(WireEvent.TYPE);
        String id = headers.get(WireEvent.ID);
        if (typeName == null || id == null) {
            return new Malformed("header " + (typeName == null ? WireEvent.TYPE : WireEvent.ID) + " is missing");
        }
        EventType type = EventType.named(typeName).orElse(null);
        if (type == null) {
            return new Unrecognised(typeName);
        }
        if (type.topics().stream().noneMatch(topic -> topic.topicName().equals(wire.topic()))) {
            return new Malformed(typeName + " is not said on " + wire.topic());
        }
        try {
            return new Known(type, event(type, new EventId(id), headers, wire.data()));
        } catch (JsonProcessingException e) {
            return new Malformed("data is not that of " + typeName + ": " + where(e));
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            return new Malformed("not a valid " + typeName + ": " + e.getMessage());
        }
    }

    private static Event<?> event(EventType type, EventId id, Map<String, String> headers, byte[] bytes)
            throws IOException {
        EventData data = JSON.readValue(bytes, type.record());
        if (data == null) {
            throw new IllegalArgumentException("no data");
        }
        RequiredFields.check(data);
        String time = headers.get(WireEvent.TIME);
        EventId correlation = optionalId(headers.get(WireEvent.CORRELATION_ID));
        return new Event<>(
                id,
                source(headers.get(WireEvent.SOURCE)),
                time == null ? Instant.EPOCH : Instant.parse(time),
                correlation == null ? id : correlation,
                optionalId(headers.get(WireEvent.CAUSATION_ID)),
                traceparent(headers.get(WireEvent.TRACE_PARENT)),
                data);
    }

    private static int maxBytes(String topic) {
        return topic.equals(Topic.BACKUP_REQUESTS.topicName()) ? MAX_REQUEST_BYTES : MAX_BYTES;
    }

    private static String source(@Nullable String value) {
        return value == null || value.length() > MAX_SOURCE || !WholeText.is(value) ? NO_SOURCE : value;
    }

    // It goes into every event that follows. One that says nothing is not worth losing the event.
    private static @Nullable String traceparent(@Nullable String value) {
        return value == null || !TRACE_PARENT.matcher(value).matches() ? null : value;
    }

    private static @Nullable EventId optionalId(@Nullable String value) {
        return value == null ? null : new EventId(value);
    }

    private static byte[] json(EventData data, int maxBytes) {
        try {
            byte[] bytes = JSON.writeValueAsBytes(data);
            if (bytes.length > maxBytes) {
                throw new IllegalArgumentException(
                        "an event of " + bytes.length + " bytes is too long; at most " + maxBytes);
            }
            return bytes;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every event record can be written as JSON", e);
        }
    }

    // Jackson's own message quotes the source; the path and the short reason are enough, and cannot carry a secret.
    private static String where(JsonProcessingException e) {
        String path = e instanceof JsonMappingException mapping
                ? mapping.getPath().stream()
                        .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
                        .reduce((a, b) -> a + "." + b)
                        .orElse("")
                : "";
        String reason;
        if (e.getCause() instanceof NullPointerException) {
            // The records copy their lists, and no list is absent or holds null.
            reason = "a required list is missing, or a list holds null";
        } else if (e.getCause() instanceof IllegalArgumentException cause && cause.getMessage() != null) {
            reason = cause.getMessage();
        } else {
            reason = e.getOriginalMessage();
        }
        return path.isEmpty() ? reason : path + ": " + reason;
    }
}

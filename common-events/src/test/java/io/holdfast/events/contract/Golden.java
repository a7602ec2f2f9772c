package io.holdfast.events.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.events.EventType;
import io.holdfast.events.wire.WireEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * An event as it was said once, written by hand: topic, key, headers and data. Never edited once it was published, only
 * joined by another.
 */
record Golden(EventType type, String topic, String key, Map<String, String> headers, JsonNode data) {

    static final Path FOLDER = Path.of("src/test/resources/golden");
    static final ObjectMapper JSON = new ObjectMapper();

    static Golden of(EventType type) {
        try {
            JsonNode file = JSON.readTree(Files.readAllBytes(FOLDER.resolve(type.wireName() + ".json")));
            Map<String, String> headers = new TreeMap<>();
            file.required("headers")
                    .properties()
                    .forEach(header ->
                            headers.put(header.getKey(), header.getValue().textValue()));
            return new Golden(
                    type,
                    file.required("topic").textValue(),
                    file.required("key").textValue(),
                    headers,
                    file.required("data"));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "HINT: write " + FOLDER + "/" + type.wireName() + ".json by hand, with realistic content.", e);
        }
    }

    WireEvent wire() {
        return wire(data);
    }

    WireEvent wire(JsonNode otherData) {
        try {
            return new WireEvent(topic, key, headers, JSON.writeValueAsBytes(otherData));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

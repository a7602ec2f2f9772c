package io.holdfast.events.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.events.EventType;
import io.holdfast.events.wire.WireEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * An event as it was said once, written by hand: topic, key, headers and data. Never edited once it was published, only
 * joined by another.
 */
record Golden(EventType type, String topic, String key, Map<String, String> headers, JsonNode data) {

    static final Path FOLDER = Path.of("src/test/resources/golden");
    static final ObjectMapper JSON = new ObjectMapper();

    /** All of one type, oldest first: {@code type.json}, then {@code type.2.json} and so on. */
    static List<Golden> all(EventType type) {
        List<Golden> all = new ArrayList<>(List.of(of(type, fileName(type, 1))));
        for (int each = 2; Files.exists(FOLDER.resolve(fileName(type, each))); each++) {
            all.add(of(type, fileName(type, each)));
        }
        return all;
    }

    /** Of every type. */
    static Stream<Golden> all() {
        return Arrays.stream(EventType.values()).flatMap(type -> all(type).stream());
    }

    static String fileName(EventType type, int number) {
        return type.wireName() + (number == 1 ? "" : "." + number) + ".json";
    }

    private static Golden of(EventType type, String name) {
        try {
            JsonNode file = JSON.readTree(Files.readAllBytes(FOLDER.resolve(name)));
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
                    "HINT: write " + FOLDER + "/" + name + " by hand, with realistic content.", e);
        }
    }

    @Override
    public String toString() {
        return type + " " + key;
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

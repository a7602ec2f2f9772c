package io.holdfast.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.output.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads server-sent events, as far as Holdfast sends them: {@code event}, {@code data}, comments as signs of life.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation">HTML, 9.2.6</a>
 */
public final class EventStream implements AutoCloseable {
    private final BufferedReader lines;

    public EventStream(InputStream stream) {
        this.lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    }

    /** One event whose data is JSON; others are passed over. */
    public record Received(String name, JsonNode data) {}

    /** Waits for the next event; empty when the stream has ended. */
    public Optional<Received> next() throws IOException {
        String name = "message";
        StringBuilder data = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isEmpty()) {
                Optional<Received> received = received(name, data.toString());
                if (received.isPresent()) {
                    return received;
                }
                name = "message";
                data.setLength(0);
            } else if (line.startsWith("event:")) {
                name = value(line);
            } else if (line.startsWith("data:")) {
                data.append(data.isEmpty() ? "" : "\n").append(value(line));
            }
        }
        return Optional.empty();
    }

    private static Optional<Received> received(String name, String data) {
        if (data.isBlank()) {
            return Optional.empty();
        }
        try {
            JsonNode json = Json.MAPPER.readTree(data);
            return json.isObject() ? Optional.of(new Received(name, json)) : Optional.empty();
        } catch (JsonProcessingException e) {
            // A sign of life, or something newer than this command.
            return Optional.empty();
        }
    }

    private static String value(String line) {
        String value = line.substring(line.indexOf(':') + 1);
        return value.startsWith(" ") ? value.substring(1) : value;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}

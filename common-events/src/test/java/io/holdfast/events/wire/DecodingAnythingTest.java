package io.holdfast.events.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.holdfast.events.EventType;
import io.holdfast.events.Topic;
import io.holdfast.events.wire.Decoded.Malformed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever arrives, decoding answers. The randomness has a fixed seed, so that a failure comes again. */
class DecodingAnythingTest {

    private static final List<String> PIECES = List.of(
            "null",
            "{}",
            "[]",
            "\"\"",
            "-1",
            "1e400",
            "9".repeat(400),
            "true",
            "{\"type\":\"directory\"}",
            "[null]",
            "\"\\ud800\"",
            "[".repeat(200),
            "\"2026-11-20T02:00:00Z\"",
            "\"-999999999-01-01T00:00:00Z\"",
            "\u0000",
            "NaN");

    private static final List<EventType> TYPES = List.of(EventType.values());
    private static final List<Topic> TOPICS = List.of(Topic.values());

    private final EventCodec codec = new EventCodec();
    private final SplittableRandom random = new SplittableRandom(20261120);

    @Test
    void random_headers_and_bytes_are_answered() {
        for (int i = 0; i < 20_000; i++) {
            Map<String, String> headers = new HashMap<>();
            headers.put(WireEvent.SPEC_VERSION, random.nextInt(10) == 0 ? text() : "1.0");
            headers.put(WireEvent.ID, random.nextInt(3) == 0 ? text() : "42");
            headers.put(
                    WireEvent.TYPE, random.nextInt(10) == 0 ? text() : anyType().wireName());
            for (String name : List.of(WireEvent.TIME, WireEvent.CORRELATION_ID, WireEvent.CAUSATION_ID)) {
                if (random.nextBoolean()) {
                    headers.put(name, text());
                }
            }
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            answers(new WireEvent(anyTopic(), text(), headers, bytes));
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_golden_event_with_changes_is_answered(EventType type) throws IOException {
        String golden = Files.readString(Path.of("src/test/resources/golden/" + type.wireName() + ".json"));
        String data = golden.substring(golden.indexOf("\"data\":") + 7, golden.lastIndexOf('}'));

        for (int i = 0; i < 2_000; i++) {
            answers(wire(type, changed(data)));
        }
    }

    @Test
    void a_cause_is_one_short_line() {
        String shouted = "{\"target\":\"orders\",\"kind\":\"" + "full\\n".repeat(10_000) + "\"}";
        String notATime = "{\"target\":\"orders\",\"kind\":\"full\",\"due_at\":\"" + "x\\n".repeat(10_000) + "\"}";

        for (String data : List.of(shouted, notATime)) {
            assertThat(codec.decode(wire(EventType.BACKUP_REQUESTED, data)))
                    .isInstanceOfSatisfying(
                            Malformed.class,
                            malformed -> assertThat(malformed.cause())
                                    .hasSizeLessThanOrEqualTo(500)
                                    .doesNotContain("\n"));
        }
    }

    @Test
    void a_list_that_is_missing_or_holds_null_is_named_so() {
        String start = "{\"revision\":1,\"email\":{\"smtp\":\"smtp://mx\",\"from\":\"a@b\"";

        for (String data : List.of(start + "}}", start + ",\"to\":[null]}}")) {
            assertThat(codec.decode(wire(EventType.NOTIFICATIONS_DEFINED, data)))
                    .isInstanceOfSatisfying(
                            Malformed.class,
                            malformed -> assertThat(malformed.cause())
                                    .contains("email")
                                    .contains("list"));
        }
    }

    private void answers(WireEvent wire) {
        assertThatCode(() -> assertThat(codec.decode(wire)).isNotNull())
                .as("%s: %s", wire, new String(wire.data(), StandardCharsets.UTF_8))
                .doesNotThrowAnyException();
    }

    private String changed(String data) {
        int from = random.nextInt(data.length());
        int to = Math.min(data.length(), from + random.nextInt(12));
        String piece = random.nextBoolean() ? PIECES.get(random.nextInt(PIECES.size())) : text();
        if (random.nextBoolean()) {
            // In place of a whole value, so that more than the parser is reached.
            int colon = data.indexOf(':', from);
            int end = colon < 0 ? -1 : data.indexOf('\n', colon);
            if (end > 0) {
                String comma = data.charAt(end - 1) == ',' ? "," : "";
                return data.substring(0, colon + 1) + piece + comma + data.substring(end);
            }
        }
        return data.substring(0, from) + piece + data.substring(to);
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(12);
        for (int i = 0; i < length; i++) {
            text.append((char) random.nextInt(random.nextBoolean() ? 0x80 : 0x10000));
        }
        return text.toString();
    }

    private EventType anyType() {
        return TYPES.get(random.nextInt(TYPES.size()));
    }

    private String anyTopic() {
        return TOPICS.get(random.nextInt(TOPICS.size())).topicName();
    }

    private static WireEvent wire(EventType type, String data) {
        return new WireEvent(
                type.topic().topicName(),
                null,
                Map.of(WireEvent.SPEC_VERSION, "1.0", WireEvent.ID, "42", WireEvent.TYPE, type.wireName()),
                data.getBytes(StandardCharsets.UTF_8));
    }
}

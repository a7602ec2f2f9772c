package io.holdfast.events.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.EventType;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.events.request.RestoreDestination;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.events.wire.Decoded.Known;
import io.holdfast.events.wire.Decoded.Malformed;
import io.holdfast.events.wire.Decoded.Unrecognised;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventCodecTest {

    private final EventCodec codec = new EventCodec();
    private final Event<BackupRequested> request = Event.first(
            new EventId("0193-abc"),
            "/ci/1",
            Instant.parse("2026-11-20T02:00:00Z"),
            new BackupRequested(new TargetId("orders"), BackupKind.FULL, "before deployment 812", "ci", null));

    @Test
    void an_event_comes_back_as_it_was_said() {
        assertThat(codec.decode(codec.encode(request)))
                .isInstanceOfSatisfying(
                        Known.class, known -> assertThat(known.event()).isEqualTo(request));
    }

    @Test
    void a_request_needs_no_more_than_type_id_and_the_required_data() {
        WireEvent wire = wire("{\"target\":\"orders\",\"kind\":\"full\",\"unknown_field\":[1,2]}");

        assertThat(codec.decode(wire)).isInstanceOfSatisfying(Known.class, known -> {
            assertThat(known.event().correlationId()).isEqualTo(new EventId("42"));
            assertThat(known.event().data())
                    .isEqualTo(new BackupRequested(new TargetId("orders"), BackupKind.FULL, null, null, null));
        });
    }

    @Test
    void an_unknown_type_is_not_an_error() {
        Map<String, String> headers = new HashMap<>(wire("{}").headers());
        headers.put(WireEvent.TYPE, "io.holdfast.backup.requested.v9");

        assertThat(codec.decode(new WireEvent("holdfast.backup-requests", null, headers, new byte[0])))
                .isEqualTo(new Unrecognised("io.holdfast.backup.requested.v9"));
    }

    @Test
    void what_is_wrong_is_named() {
        assertThat(malformed("{\"target\":\"orders\"}")).contains("field kind is missing");
        assertThat(malformed("{\"target\":\"../etc\",\"kind\":\"full\"}"))
                .contains("target")
                .contains("HINT:");
        assertThat(malformed("{\"target\":\"orders\",\"kind\":\"everything\"}")).contains("kind");
        assertThat(malformed("not json")).contains("io.holdfast.backup.requested.v1");
        assertThat(malformed("null")).contains("no data");
        assertThat(malformed("x".repeat(EventCodec.MAX_BYTES + 1))).contains("oversized");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud800", "\\udc00 x", "x\\ud83d", "\\ude00\\ud83d", "a\\u0000b"})
    void text_that_cannot_be_said_again_or_stored_is_replaced_and_in_a_name_malformed(String escaped) {
        WireEvent wire = wire("{\"target\":\"orders\",\"kind\":\"full\",\"reason\":\"" + escaped + "\"}");
        Event<?> read = ((Known) codec.decode(wire)).event();
        String reason = String.valueOf(((BackupRequested) read.data()).reason());

        assertThat(reason).contains("\ufffd").isEqualTo(new String(utf8(reason), StandardCharsets.UTF_8));
        assertThat(reason).doesNotContain("\u0000");
        assertThat(codec.decode(codec.encode(read))).isEqualTo(codec.decode(wire));
        assertThat(malformed("{\"target\":\"" + escaped + "\",\"kind\":\"full\"}"))
                .contains("target");
        assertThat(codec.decode(cancellation("\"request\":\"x" + escaped + "\"")))
                .isInstanceOf(Malformed.class);
    }

    @Test
    void a_surrogate_half_in_utf_8_is_malformed_and_a_whole_pair_is_text() {
        WireEvent wire = wire("{\"target\":\"orders\",\"kind\":\"full\",\"reason\":\"???\"}");
        byte[] half = wire.data();
        int at = new String(half, StandardCharsets.US_ASCII).indexOf('?');
        half[at] = (byte) 0xED;
        half[at + 1] = (byte) 0xA0;
        half[at + 2] = (byte) 0x80;

        assertThat(codec.decode(new WireEvent(wire.topic(), wire.key(), wire.headers(), half)))
                .isInstanceOf(Malformed.class);
        assertThat(reason(
                        codec.decode(wire("{\"target\":\"orders\",\"kind\":\"full\",\"reason\":\"\\ud83d\\ude00\"}"))))
                .isEqualTo("\ud83d\ude00");
    }

    private static @Nullable String reason(Decoded decoded) {
        return ((BackupRequested) ((Known) decoded).event().data()).reason();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void an_event_is_said_whatever_its_texts_hold_and_is_understood() {
        Map<String, String> tablespaces = new HashMap<>(Map.of("1\ud800", "/a\u0000b"));
        RestoreRequested odd = new RestoreRequested(
                new TargetId("orders"),
                new BackupId(new UUID(1, 2)),
                BackupKind.FULL,
                new RepositoryId("main"),
                "orders/1/manifests/b1",
                new SiteName("here"),
                new RestoreDestination.Directory("/restored", false, null, tablespaces, null),
                List.of(new SqlCheck("c", null, "select '\udc00'", null)),
                false,
                "why\ud83d",
                "who");
        Event<RestoreRequested> event = Event.first(new EventId("1"), "/ci/1", Instant.EPOCH, odd);

        Decoded again = codec.decode(codec.encode(event));

        assertThat(again).isInstanceOfSatisfying(Known.class, known -> {
            RestoreRequested said = (RestoreRequested) known.event().data();
            assertThat(said.reason()).isEqualTo("why\ufffd");
            assertThat(said.checks().getFirst().sql()).isEqualTo("select '\ufffd'");
            assertThat(((RestoreDestination.Directory) said.destination()).tablespaces())
                    .containsExactly(Map.entry("1\ufffd", "/a\ufffdb"));
        });
    }

    private WireEvent cancellation(String more) {
        Map<String, String> headers = new HashMap<>(wire("{}").headers());
        headers.put(WireEvent.TYPE, EventType.CANCELLATION_REQUESTED.wireName());
        return new WireEvent(
                "holdfast.backup-requests",
                null,
                headers,
                ("{\"target\":\"orders\"," + more + "}").getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_type_is_understood_only_on_its_topics() {
        WireEvent wire = codec.encode(request);

        assertThat(codec.decode(new WireEvent("holdfast.events", wire.key(), wire.headers(), wire.data())))
                .isInstanceOf(Malformed.class);
    }

    @Test
    void a_trace_context_that_is_none_is_left_out_and_so_is_a_source_without_end() {
        String right = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

        assertThat(with(WireEvent.TRACE_PARENT, right).traceparent()).isEqualTo(right);
        assertThat(with(WireEvent.TRACE_PARENT, right + "\n").traceparent()).isNull();
        assertThat(with(WireEvent.TRACE_PARENT, "x".repeat(900_000)).traceparent())
                .isNull();
        assertThat(with(WireEvent.SOURCE, "/" + "x".repeat(299)).source()).hasSize(300);
        assertThat(with(WireEvent.SOURCE, "/" + "x".repeat(300)).source()).isEqualTo("/unknown");
    }

    @Test
    void a_request_leaves_room_for_the_events_that_repeat_it() {
        String longest = "{\"target\":\"orders\",\"kind\":\"full\",\"reason\":\"%s\"}";
        int room = EventCodec.MAX_REQUEST_BYTES - longest.length() + 2;

        assertThat(codec.decode(wire(longest.formatted("r".repeat(room))))).isInstanceOf(Known.class);
        assertThat(malformed(longest.formatted("r".repeat(room + 1))))
                .isEqualTo("oversized: 65537 bytes, at most 65536 are taken");
        BackupRequested endless =
                new BackupRequested(new TargetId("orders"), BackupKind.FULL, "r".repeat(room + 1), null, null);
        assertThatThrownBy(() -> codec.encode(Event.first(request.id(), "/ci/1", request.time(), endless)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 65536");
    }

    private Event<?> with(String header, String value) {
        Map<String, String> headers = new HashMap<>(codec.encode(request).headers());
        headers.put(header, value);
        WireEvent wire = codec.encode(request);
        Decoded decoded = codec.decode(new WireEvent(wire.topic(), wire.key(), headers, wire.data()));
        assertThat(decoded).isInstanceOf(Known.class);
        return ((Known) decoded).event();
    }

    private String malformed(String json) {
        Decoded decoded = codec.decode(wire(json));
        assertThat(decoded).isInstanceOf(Malformed.class);
        return ((Malformed) decoded).cause();
    }

    private static WireEvent wire(String json) {
        return new WireEvent(
                "holdfast.backup-requests",
                null,
                Map.of(
                        WireEvent.SPEC_VERSION, "1.0",
                        WireEvent.ID, "42",
                        WireEvent.SOURCE, "/ci/1",
                        WireEvent.TYPE, "io.holdfast.backup.requested.v1"),
                json.getBytes(StandardCharsets.UTF_8));
    }
}

package io.holdfast.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class EventStreamTest {
    @Test
    void events_are_read_and_signs_of_life_passed_over() throws IOException {
        EventStream events = stream(
                ":ping\n\nevent: completed\ndata: {\"id\":\ndata: \"1\"}\nid: 1\n\ndata:ping\n\n{broken\n\ndata:{\"id\":\"2\"}\n\n");

        EventStream.Received first = events.next().orElseThrow();
        assertThat(first.name()).isEqualTo("completed");
        assertThat(first.data().path("id").asText()).isEqualTo("1");
        EventStream.Received second = events.next().orElseThrow();
        assertThat(second.name()).isEqualTo("message");
        assertThat(second.data().path("id").asText()).isEqualTo("2");
        assertThat(events.next()).isEmpty();
    }

    @Test
    void an_event_cut_off_by_the_end_is_none() throws IOException {
        assertThat(stream("data: {\"id\":\"1\"}\n").next()).isEmpty();
    }

    private static EventStream stream(String text) {
        return new EventStream(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }
}

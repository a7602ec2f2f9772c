package io.holdfast.scheduler.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.scheduler.Await;
import io.holdfast.scheduler.SchedulerFiles;
import io.holdfast.scheduler.Story;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.ServiceSurroundings;
import io.holdfast.testing.Surrounding;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(ServiceSurroundings.class)
@WithTestResource(SchedulerFiles.class)
class EventsApiTest {

    @Surrounding
    KafkaBroker broker;

    @TestHTTPResource("/api/backup/events")
    @Nullable
    URI address;

    private final String target = "t-" + UUID.randomUUID();

    @Test
    void events_are_told_as_they_come_and_only_those_of_the_target() throws Exception {
        try (Client client = new Client("?target=" + target, null)) {
            Story other = Story.of("t-" + UUID.randomUUID(), "full");
            Story mine = Story.of(target, "full");

            broker.send(other.requested(), mine.requested(), mine.started(1));

            Await.until(() -> assertThat(client.lines)
                    .contains("id:" + mine.request(), "event:io.holdfast.backup.started.v1")
                    .anySatisfy(line -> assertThat(line).startsWith("data:").contains("\"worker\":\"worker-1\""))
                    .noneSatisfy(
                            line -> assertThat(line).contains(other.request().value())));
        }
    }

    @Test
    void a_client_that_was_cut_off_goes_on_where_it_was() throws Exception {
        Story story = Story.of(target, "full");
        try (Client client = new Client("?target=" + target, null)) {
            broker.send(story.requested());
            Await.until(() -> assertThat(client.lines).contains("id:" + story.request()));
        }
        try (Client watch = new Client("?target=" + target, null)) {
            broker.send(story.started(1), story.completed());
            Await.until(() -> assertThat(watch.lines).contains("event:io.holdfast.backup.completed.v1"));
        }

        try (Client again = new Client("?target=" + target, story.request().value())) {
            Await.until(() -> assertThat(again.lines)
                    .contains("event:io.holdfast.backup.started.v1", "event:io.holdfast.backup.completed.v1")
                    .doesNotContain("id:" + story.request()));
        }
    }

    /** Reads lines until it is closed. The first one, a ping, is there before the constructor returns. */
    private final class Client implements AutoCloseable {

        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final HttpClient http = HttpClient.newHttpClient();

        private Client(String query, @Nullable String lastEventId) throws IOException, InterruptedException {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + query))
                    .header("Authorization", "Bearer " + SchedulerFiles.TOKEN);
            if (lastEventId != null) {
                request.header("Last-Event-ID", lastEventId);
            }
            HttpResponse<Stream<String>> response = http.send(request.build(), HttpResponse.BodyHandlers.ofLines());
            assertThat(response.statusCode()).isEqualTo(200);
            Thread.ofVirtual().start(() -> {
                try (Stream<String> body = response.body()) {
                    body.forEach(lines::add);
                } catch (UncheckedIOException closed) {
                    lines.add("closed");
                }
            });
            Await.until(() -> assertThat(lines).isNotEmpty());
        }

        @Override
        public void close() {
            http.shutdownNow();
        }
    }
}

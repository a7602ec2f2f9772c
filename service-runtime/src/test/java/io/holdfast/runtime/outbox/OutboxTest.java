package io.holdfast.runtime.outbox;

import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.Event;
import io.holdfast.events.EventIds;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.Topic;
import io.holdfast.events.backup.BackupStarted;
import io.holdfast.events.wire.Decoded;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.runtime.app.Requests;
import io.holdfast.runtime.app.RuntimeProfile;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.ServiceDatabase;
import io.holdfast.testing.Surrounding;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(RuntimeProfile.class)
class OutboxTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Surrounding
    KafkaBroker broker;

    @Surrounding
    ServiceDatabase database;

    @Inject
    Outbox outbox;

    @Inject
    OutboxRelay relay;

    @Inject
    EventIds ids;

    @Inject
    DataSource dataSource;

    private final String target = Requests.newTarget();

    @Test
    void an_event_is_said_only_inside_of_a_transaction() {
        assertThatThrownBy(() -> outbox.publish(event(target, 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("HINT:");
    }

    @Test
    void what_is_rolled_back_is_not_said_and_what_is_committed_is() {
        assertThatThrownBy(() -> QuarkusTransaction.requiringNew().run(() -> {
                    outbox.publish(event(target, 1));
                    throw new IllegalStateException("changed its mind");
                }))
                .hasMessage("changed its mind");
        QuarkusTransaction.requiringNew().run(() -> outbox.publish(event(target, 2)));

        await().atMost(PATIENCE).until(() -> !said(target).isEmpty());
        assertThat(said(target)).containsExactly(2);
    }

    @Test
    void an_event_that_no_broker_would_take_is_refused_at_once() {
        WireEvent huge = new WireEvent("holdfast.events", target, Map.of(), new byte[EventCodec.MAX_BYTES + 1]);

        assertThatThrownBy(() -> QuarkusTransaction.requiringNew().run(() -> outbox.publish(huge)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("longer than");
        WireEvent hugeHeaders =
                new WireEvent("holdfast.events", target, Map.of("ce_other", "x".repeat(1024 * 1024)), new byte[1]);
        assertThatThrownBy(() -> QuarkusTransaction.requiringNew().run(() -> outbox.publish(hugeHeaders)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("with its headers");
    }

    @Test
    void while_the_broker_is_away_events_wait_and_then_leave_in_order_of_each_key() throws InterruptedException {
        sayDuringAnOutageOf(Duration.ofSeconds(1));
    }

    @Test
    @Tag("long")
    void the_same_after_an_outage_that_outlasts_the_producers_patience() throws InterruptedException {
        sayDuringAnOutageOf(Duration.ofSeconds(20));
    }

    private void sayDuringAnOutageOf(Duration outage) throws InterruptedException {
        List<String> targets =
                IntStream.range(0, 4).mapToObj(i -> Requests.newTarget()).toList();
        AtomicBoolean enough = new AtomicBoolean();
        AtomicInteger published = new AtomicInteger();
        List<Thread> writers = new ArrayList<>();
        Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
        for (String each : targets) {
            counts.put(each, new AtomicInteger());
            // Two writers for each key: what they say of it must come out as they committed it.
            for (int i = 0; i < 2; i++) {
                writers.add(Thread.ofVirtual().start(() -> {
                    while (!enough.get()) {
                        AtomicInteger count = counts.getOrDefault(each, new AtomicInteger());
                        synchronized (count) {
                            QuarkusTransaction.requiringNew()
                                    .run(() -> outbox.publish(event(each, count.incrementAndGet())));
                        }
                        published.incrementAndGet();
                    }
                }));
            }
        }
        await().atMost(PATIENCE).until(() -> published.get() > 100);

        broker.stop();
        int before = published.get();
        await().atMost(PATIENCE).pollDelay(outage).until(() -> published.get() > before + 100);
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        when().get("/q/health/ready").then().statusCode(503).body(containsString("HOLDFAST_KAFKA")));
        broker.start();
        int after = published.get();
        await().atMost(PATIENCE).until(() -> published.get() > after + 100);
        enough.set(true);
        for (Thread writer : writers) {
            writer.join();
        }

        await().atMost(PATIENCE).until(this::backlogIsEmpty);
        for (String each : targets) {
            // A repeat may come, but only of what was said already: without repeats, all are there, in order.
            int last = counts.getOrDefault(each, new AtomicInteger()).get();
            assertThat(new LinkedHashSet<>(said(each)))
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, last).boxed().toList());
        }
        assertThat(relay.alive()).isTrue();
        await().atMost(PATIENCE)
                .untilAsserted(() -> when().get("/q/health/ready").then().statusCode(200));
    }

    @Test
    void published_rows_go_once_they_are_old() throws Exception {
        QuarkusTransaction.requiringNew().run(() -> outbox.publish(event(target, 1)));
        await().atMost(PATIENCE).until(this::backlogIsEmpty);
        database.execute("update small_service.outbox set published_at = now() - interval '2 days'" + " where key = '"
                + target + "'");

        new OutboxTable(dataSource).prune(Duration.ofDays(1));

        assertThat(database.query("select count(*) from small_service.outbox where key = '" + target + "'"))
                .isEqualTo("0");
    }

    private boolean backlogIsEmpty() {
        return database.query("select count(*) from small_service.outbox where published_at is null")
                .equals("0");
    }

    private List<Integer> said(String of) {
        EventCodec codec = new EventCodec();
        return broker.records(Topic.EVENTS.topicName()).stream()
                .filter(event -> of.equals(event.key()))
                .map(codec::decode)
                .map(Decoded.Known.class::cast)
                .map(known -> ((BackupStarted) known.event().data()).attempt())
                .toList();
    }

    private Event<BackupStarted> event(String of, int number) {
        return Event.first(
                ids.next(),
                "/test/1",
                Instant.now(),
                new BackupStarted(
                        BackupId.of(ids.next()),
                        new TargetId(of),
                        BackupKind.FULL,
                        new RepositoryId("main"),
                        Instant.now(),
                        number,
                        "test",
                        null,
                        null));
    }
}

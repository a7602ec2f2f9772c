package io.holdfast.runtime.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.events.EventId;
import io.holdfast.events.Topic;
import io.holdfast.events.signing.EventSigner;
import io.holdfast.events.signing.KeyFiles;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.runtime.app.Requests;
import io.holdfast.runtime.app.RuntimeProfile;
import io.holdfast.runtime.app.SmallService;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.ServiceDatabase;
import io.holdfast.testing.Surrounding;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@QuarkusTest
@TestProfile(RuntimeProfile.class)
class IntakeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Surrounding
    KafkaBroker broker;

    @Surrounding
    ServiceDatabase database;

    @Surrounding
    EventSigner controlPlane;

    @Inject
    SmallService service;

    private final String id = UUID.randomUUID().toString();
    private final String target = Requests.newTarget();

    @BeforeEach
    void topics_are_there() {
        await().atMost(PATIENCE)
                .until(() -> !broker.records(Topic.BACKUP_REQUESTS.topicName()).isEmpty() || probe());
    }

    @Test
    void an_event_delivered_ten_times_is_handled_once() {
        WireEvent request = Requests.backup(id, target, null);

        broker.send(Collections.nCopies(10, request).toArray(WireEvent[]::new));
        awaitHandled(sendLast());

        assertThat(handledTimes(id)).isEqualTo(1);
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void what_is_malformed_unknown_or_oversized_becomes_a_dead_letter_and_the_next_one_is_handled() {
        WireEvent good = Requests.backup(id, target, null);
        WireEvent malformed = new WireEvent(good.topic(), target, good.headers(), "{".getBytes(StandardCharsets.UTF_8));
        Map<String, String> unknownType = new HashMap<>(good.headers());
        unknownType.put(WireEvent.TYPE, "io.holdfast.backup.requested.v9");
        WireEvent unknown = new WireEvent(good.topic(), target, unknownType, good.data());
        WireEvent oversized = new WireEvent(good.topic(), target, good.headers(), new byte[300_000]);
        WireEvent bare = new WireEvent(good.topic(), target, Map.of(), new byte[0]);

        broker.send(malformed, unknown, oversized, bare);
        awaitHandled(sendLast());

        await().atMost(PATIENCE).until(() -> deadLetters().size() == 4);
        assertThat(deadLetters())
                .extracting(letter -> letter.headers().get(DeadLetter.CAUSE))
                .satisfiesExactly(
                        cause -> assertThat(cause).startsWith("malformed: "),
                        cause -> assertThat(cause).startsWith("unrecognised: ").contains("requested.v9"),
                        cause -> assertThat(cause).contains("oversized: 300000 bytes"),
                        cause -> assertThat(cause).startsWith("malformed: "));
        assertThat(deadLetters()).allSatisfy(letter -> {
            assertThat(letter.data().length).isLessThan(10_000);
            assertThat(letter.headers())
                    .containsEntry(DeadLetter.TOPIC, "holdfast.backup-requests")
                    .containsKeys(DeadLetter.PARTITION, DeadLetter.OFFSET);
        });
        assertThat(handledTimes(id)).isZero();
    }

    @Test
    void what_a_handler_refuses_becomes_a_dead_letter_with_its_reason() {
        broker.send(Requests.backup(id, target, "refuse"));

        await().atMost(PATIENCE).until(() -> deadLetters().size() == 1);
        assertThat(deadLetters().getFirst().headers())
                .containsEntry(DeadLetter.CAUSE, "refused: nobody wants this")
                .containsEntry(WireEvent.ID, id);
    }

    @Test
    void a_handlers_defect_does_not_hold_up_what_comes_after() {
        broker.send(Requests.backup(id, target, "defect"));
        awaitHandled(sendLast());

        await().atMost(PATIENCE).until(() -> deadLetters().size() == 1);
        assertThat(deadLetters().getFirst().headers().get(DeadLetter.CAUSE))
                .isEqualTo("handling failed: java.lang.IllegalArgumentException: a defect of the handler");
    }

    @Test
    void a_signed_restore_is_taken_once_and_refused_when_replayed(@TempDir Path folder) {
        WireEvent signed = controlPlane.sign(Requests.restore(id, target), Duration.ofMinutes(1));

        broker.send(signed, signed);

        await().atMost(PATIENCE).until(() -> deadLetters().size() == 1);
        assertThat(handledTimes(id)).isEqualTo(1);
        assertThat(deadLetters().getFirst().headers().get(DeadLetter.CAUSE)).contains("used before");
    }

    @Test
    void of_a_request_that_came_too_late_the_handler_is_told_once_unless_it_was_handled() {
        WireEvent inTime = controlPlane.sign(Requests.restore(id, target), Duration.ofMinutes(1));
        WireEvent replay = controlPlane.sign(Requests.restore(id, target), Duration.ofMinutes(-1));
        String lateId = UUID.randomUUID().toString();
        WireEvent late = controlPlane.sign(Requests.restore(lateId, target), Duration.ofMinutes(-1));

        broker.send(inTime, replay, late, late);

        await().atMost(PATIENCE).until(() -> deadLetters().size() == 3);
        assertThat(deadLetters())
                .extracting(letter -> letter.headers().get(DeadLetter.CAUSE))
                .satisfiesExactly(
                        cause -> assertThat(cause).contains("used before"),
                        cause -> assertThat(cause).startsWith("refused: expired at"),
                        cause -> assertThat(cause).contains("used before"));
        assertThat(service.expired()).containsOnlyOnce(new EventId(lateId)).doesNotContain(new EventId(id));
        assertThat(handledTimes(id)).isEqualTo(1);
    }

    @Test
    void what_one_topic_says_claims_no_id_of_another() {
        broker.send(Requests.backup(id, target, null));
        awaitHandled(id);

        broker.send(controlPlane.sign(Requests.restore(id, target), Duration.ofMinutes(1)));

        await().atMost(PATIENCE)
                .until(() -> handledTimes(id) == 2 || !deadLetters().isEmpty());
        assertThat(deadLetters()).isEmpty();
        assertThat(handledTimes(id)).isEqualTo(2);
    }

    @Test
    void what_has_many_long_headers_becomes_a_dead_letter_that_fits_into_one_record() {
        WireEvent good = Requests.backup(id, target, null);
        Map<String, String> headers = new HashMap<>(good.headers());
        headers.put(WireEvent.TYPE, "io.holdfast.backup.requested.v9");
        for (int i = 0; i < 64; i++) {
            headers.put("name-" + i + "-" + "\u20ac".repeat(1_900), "\u20ac".repeat(2_000));
        }

        broker.send(
                new WireEvent(good.topic(), target, headers, "x".repeat(60_000).getBytes(StandardCharsets.UTF_8)));

        await().atMost(PATIENCE).until(() -> deadLetters().size() == 1);
        assertThat(deadLetters().getFirst().headers())
                .containsEntry(WireEvent.ID, id)
                .containsKey(DeadLetter.OFFSET);
        assertThat(deadLetters().getFirst().headers().values().stream()
                        .mapToInt(String::length)
                        .sum())
                .isLessThan(70_000);
    }

    @Test
    void a_record_that_is_small_only_while_it_is_compressed_is_not_taken_by_the_broker() {
        WireEvent good = Requests.backup(id, target, null);
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.address(),
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "gzip",
                ProducerConfig.BATCH_SIZE_CONFIG,
                16 * 1024 * 1024,
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                16 * 1024 * 1024);

        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            assertThatThrownBy(
                            () -> producer.send(new ProducerRecord<>(good.topic(), target, new byte[8 * 1024 * 1024]))
                                    .get())
                    .hasCauseInstanceOf(RecordTooLargeException.class);
        }
    }

    @Test
    void a_restore_that_is_unsigned_expired_changed_or_signed_by_another_is_refused(@TempDir Path folder)
            throws IOException {
        WireEvent request = Requests.restore(id, target);
        KeyFiles.create(folder.resolve("key"), folder.resolve("pub"));
        EventSigner stranger = new EventSigner(KeyFiles.readPrivate(folder.resolve("key")), Clock.systemUTC());
        WireEvent signed = controlPlane.sign(request, Duration.ofMinutes(1));
        Map<String, String> otherId = new HashMap<>(signed.headers());
        otherId.put(WireEvent.ID, UUID.randomUUID().toString());

        broker.send(
                request,
                controlPlane.sign(request, Duration.ofMinutes(-1)),
                stranger.sign(request, Duration.ofMinutes(1)),
                new WireEvent(signed.topic(), signed.key(), otherId, signed.data()));

        await().atMost(PATIENCE).until(() -> deadLetters().size() == 4);
        assertThat(deadLetters())
                .extracting(letter -> letter.headers().get(DeadLetter.CAUSE))
                .satisfiesExactly(
                        cause -> assertThat(cause).isEqualTo("refused: not signed"),
                        cause -> assertThat(cause).startsWith("refused: expired at"),
                        cause -> assertThat(cause).contains("pinned control plane key"),
                        cause -> assertThat(cause).contains("pinned control plane key"));
        assertThat(handledTimes(id)).isZero();
    }

    @Test
    void while_the_database_is_away_records_wait_and_none_is_put_aside() {
        database.stop();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.add(UUID.randomUUID().toString());
            broker.send(Requests.backup(ids.get(i), target, null));
        }
        // Long enough for the intake to have failed at least once.
        await().pollDelay(Duration.ofSeconds(2)).atMost(PATIENCE).until(() -> handledTimes(ids.getFirst()) == 0);
        database.start();

        ids.forEach(this::awaitHandled);
        assertThat(ids).allSatisfy(each -> assertThat(handledTimes(each)).isEqualTo(1));
        assertThat(deadLetters()).isEmpty();
    }

    /** Same key, so that it is taken after all that was sent before. */
    private String sendLast() {
        String last = UUID.randomUUID().toString();
        broker.send(Requests.backup(last, target, null));
        return last;
    }

    private void awaitHandled(String event) {
        await().atMost(PATIENCE).until(() -> handledTimes(event) > 0);
    }

    private long handledTimes(String event) {
        return Collections.frequency(service.handled(), new EventId(event));
    }

    private List<WireEvent> deadLetters() {
        return broker.records(Topic.DEAD_LETTERS.topicName()).stream()
                .filter(letter -> target.equals(letter.key()))
                .toList();
    }

    private boolean probe() {
        broker.send(Requests.backup(UUID.randomUUID().toString(), Requests.newTarget(), null));
        return true;
    }
}

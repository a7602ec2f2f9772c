package io.holdfast.runtime.definitions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.Topic;
import io.holdfast.events.definition.Definition;
import io.holdfast.events.definition.DefinitionRemoved;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.signing.EventSigner;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.runtime.app.RuntimeProfile;
import io.holdfast.runtime.configuration.HoldfastConfig;
import io.holdfast.runtime.signing.ControlPlaneKey;
import io.holdfast.runtime.topics.Topics;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.Surrounding;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(RuntimeProfile.class)
class DefinitionsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Surrounding
    KafkaBroker broker;

    @Surrounding
    EventSigner controlPlane;

    @Inject
    Definitions definitions;

    @Inject
    ControlPlaneKey key;

    @Inject
    Topics topics;

    @Inject
    HoldfastConfig config;

    private final EventCodec codec = new EventCodec();
    private final RepositoryId repository = new RepositoryId("r-" + UUID.randomUUID());

    @Test
    void the_newest_signed_revision_counts() {
        broker.send(signed(defined(1, "file:///first")), signed(defined(3, "file:///third")));
        broker.send(signed(defined(2, "file:///second, said late")));
        takenUpToHere();

        assertThat(url()).isEqualTo("file:///third");
    }

    @Test
    void what_is_removed_is_absent_and_stays_so() {
        broker.send(signed(defined(1, "file:///first")));
        await().atMost(PATIENCE).until(() -> definitions.repository(repository).isPresent());

        broker.send(
                signed(new DefinitionRemoved(RepositoryDefined.subjectOf(repository), 2)),
                signed(defined(1, "file:///first, said again")));
        takenUpToHere();

        assertThat(definitions.repository(repository)).isEmpty();
        assertThat(definitions.repositories())
                .noneMatch(defined -> defined.repository().equals(repository));
    }

    @Test
    void what_the_control_plane_did_not_sign_changes_nothing() {
        String subject = RepositoryDefined.subjectOf(repository);
        WireEvent right = signed(defined(1, "file:///right"));
        WireEvent forged = new WireEvent(
                right.topic(),
                subject,
                right.headers(),
                codec.encode(event(defined(9, "file:///evil"))).data());

        broker.send(right, codec.encode(event(defined(9, "file:///unsigned"))), forged);
        broker.send(List.of(new ProducerRecord<>(Topic.DEFINITIONS.topicName(), subject, null)));
        takenUpToHere();

        assertThat(url()).isEqualTo("file:///right");
    }

    @Test
    void a_definition_behind_which_something_else_was_said_is_overtaken_until_it_is_said_again() {
        WireEvent old = signed(defined(1, "file:///first"));
        broker.send(old, signed(defined(2, "file:///second")));
        takenUpToHere();
        assertThat(definitions.overtaken()).doesNotContain(defined(2, "file:///second"));

        broker.send(old);
        takenUpToHere();
        assertThat(url()).isEqualTo("file:///second");
        assertThat(definitions.overtaken()).contains(defined(2, "file:///second"));

        broker.send(signed(defined(3, "file:///second")));
        takenUpToHere();
        assertThat(definitions.overtaken()).doesNotContain(defined(3, "file:///second"));

        broker.send(codec.encode(event(defined(9, "file:///unsigned"))));
        takenUpToHere();
        assertThat(definitions.overtaken()).contains(defined(3, "file:///second"));
    }

    @Test
    void a_process_that_starts_later_knows_all_of_it_once_it_has_caught_up() throws InterruptedException {
        broker.send(signed(defined(1, "file:///first")), signed(defined(2, "file:///second")));
        broker.send(codec.encode(event(defined(3, "file:///unsigned"))));
        SimpleMeterRegistry metrics = new SimpleMeterRegistry();
        Definitions fresh = new Definitions();
        DefinitionFollower follower = new DefinitionFollower(fresh, codec, key, topics, config, metrics);

        follower.start(new StartupEvent());
        fresh.awaitCaughtUp();

        assertThat(fresh.repository(repository).map(RepositoryDefined::url)).hasValue("file:///second");
        assertThat(metrics.counter("holdfast.definitions.ignored").count()).isGreaterThanOrEqualTo(1);
        follower.stop(new ShutdownEvent());
    }

    /** A definition under the same key, which is read after all that was sent before. */
    private void takenUpToHere() {
        RepositoryId marker = new RepositoryId("m-" + UUID.randomUUID());
        String subject = RepositoryDefined.subjectOf(repository);
        int partitionOfKey =
                BuiltInPartitioner.partitionForKey(subject.getBytes(StandardCharsets.UTF_8), Topic.PARTITIONS);
        WireEvent last = signed(new RepositoryDefined(marker, 1, "file:///marker"));
        ProducerRecord<String, byte[]> toSend =
                new ProducerRecord<>(last.topic(), partitionOfKey, last.key(), last.data());
        last.headers().forEach((name, value) -> toSend.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        broker.send(List.of(toSend));
        await().atMost(PATIENCE).until(() -> definitions.repository(marker).isPresent());
    }

    private String url() {
        return definitions.repository(repository).map(RepositoryDefined::url).orElse("absent");
    }

    private RepositoryDefined defined(long revision, String url) {
        return new RepositoryDefined(repository, revision, url);
    }

    private WireEvent signed(Definition definition) {
        return controlPlane.sign(codec.encode(event(definition)), null);
    }

    private static Event<Definition> event(Definition definition) {
        return Event.first(
                new EventId(UUID.randomUUID().toString()), "/scheduler-service/1", Instant.now(), definition);
    }
}

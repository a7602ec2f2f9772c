package io.holdfast.runtime.health;

import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import io.holdfast.events.Topic;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.runtime.app.Requests;
import io.holdfast.runtime.app.RuntimeProfile;
import io.holdfast.runtime.outbox.Outbox;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.ServiceSurroundings;
import io.holdfast.testing.Surrounding;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(BrokerAwayTest.WithoutBroker.class)
class BrokerAwayTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Surrounding
    KafkaBroker broker;

    @Inject
    Outbox outbox;

    /** The service starts before its broker. */
    public static class WithoutBroker extends RuntimeProfile {
        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(
                    new TestResourceEntry(ServiceSurroundings.class, Map.of(ServiceSurroundings.BROKER, "away")));
        }
    }

    @Test
    void a_service_waits_for_its_broker_says_so_and_then_does_its_work()
            throws ExecutionException, InterruptedException {
        when().get("/q/health/live").then().statusCode(200);
        await().atMost(PATIENCE)
                .untilAsserted(() -> when().get("/q/health/ready")
                        .then()
                        .statusCode(503)
                        .body(containsString("HOLDFAST_KAFKA"))
                        .body("checks.find { it.name == 'definitions' }.status", is("DOWN"))
                        .body("checks.find { it.name == 'database' }.status", is("UP"))
                        .body("checks.find { it.name == 'control-plane-key' }.status", is("UP")));
        WireEvent early = Requests.backup(UUID.randomUUID().toString(), Requests.newTarget(), null);
        QuarkusTransaction.requiringNew().run(() -> outbox.publish(early));

        broker.start();

        await().atMost(PATIENCE)
                .untilAsserted(() -> when().get("/q/health/ready").then().statusCode(200));
        await().atMost(PATIENCE)
                .until(() -> broker.records(Topic.BACKUP_REQUESTS.topicName()).contains(early));
        theTopicsAreAsTheContractSays();
    }

    private void theTopicsAreAsTheContractSays() throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.address()))) {
            List<String> names =
                    List.of(Topic.values()).stream().map(Topic::topicName).toList();
            assertThat(admin.describeTopics(names).allTopicNames().get().values())
                    .hasSize(Topic.values().length)
                    .extracting(TopicDescription::partitions)
                    .allSatisfy(partitions -> assertThat(partitions).hasSize(Topic.PARTITIONS));
            ConfigResource definitions = new ConfigResource(ConfigResource.Type.TOPIC, Topic.DEFINITIONS.topicName());
            ConfigResource progress = new ConfigResource(ConfigResource.Type.TOPIC, Topic.PROGRESS.topicName());
            ConfigResource events = new ConfigResource(ConfigResource.Type.TOPIC, Topic.EVENTS.topicName());
            var settings = admin.describeConfigs(List.of(definitions, progress, events))
                    .all()
                    .get();
            assertThat(settings).hasSize(3).allSatisfy((topic, config) -> {
                String expected = topic.equals(progress) ? "86400000" : "-1";
                assertThat(config.get(TopicConfig.RETENTION_MS_CONFIG).value()).isEqualTo(expected);
                assertThat(config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value())
                        .isEqualTo(topic.equals(definitions) ? "compact" : "delete");
            });
        }
    }
}

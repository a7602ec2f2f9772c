package io.holdfast.runtime.app;

import static io.restassured.RestAssured.when;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;

import io.holdfast.events.Topic;
import io.holdfast.events.progress.WorkerHeartbeat;
import io.holdfast.events.wire.Decoded;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.Surrounding;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(RuntimeProfile.class)
class SmallServiceTest {

    @Surrounding
    KafkaBroker broker;

    @Test
    void becomes_ready_and_names_each_check() {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> when().get("/q/health/ready")
                        .then()
                        .statusCode(200)
                        .body("checks.name", hasItems("database", "broker", "definitions", "control-plane-key")));
        when().get("/q/health/live").then().statusCode(200).body("status", is("UP"));
    }

    @Test
    void shows_its_backlog_among_the_metrics() {
        when().get("/q/metrics").then().statusCode(200).body(containsString("holdfast_outbox_backlog"));
    }

    @Test
    void says_that_it_is_there() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> broker.records(Topic.PROGRESS.topicName()).stream()
                        .map(new EventCodec()::decode)
                        .filter(Decoded.Known.class::isInstance)
                        .map(known -> ((Decoded.Known) known).event().data())
                        .anyMatch(data -> data instanceof WorkerHeartbeat heartbeat
                                && heartbeat.service().equals("small-service")
                                && heartbeat.instance().equals("test-1")));
    }
}

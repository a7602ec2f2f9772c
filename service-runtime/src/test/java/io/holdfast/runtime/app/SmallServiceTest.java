package io.holdfast.runtime.app;

import static io.restassured.RestAssured.when;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(RuntimeProfile.class)
class SmallServiceTest {

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
        when().get("/q/metrics").then().statusCode(200);
    }
}

package io.holdfast.scheduler.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.alert.AlertAcknowledged;
import io.holdfast.events.alert.AlertTestRequested;
import io.holdfast.events.wire.Decoded;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.scheduler.Await;
import io.holdfast.scheduler.SchedulerFiles;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.ServiceSurroundings;
import io.holdfast.testing.Surrounding;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(ServiceSurroundings.class)
@WithTestResource(SchedulerFiles.class)
class AlertApiTest {

    private final EventCodec codec = new EventCodec();

    @Surrounding
    KafkaBroker broker;

    @Test
    void a_test_of_all_routes_is_asked_for_on_the_topic_of_alerts() {
        String key = api().body("{\"requested_by\":\"anna\"}")
                .post("/api/backup/alerts/test")
                .then()
                .statusCode(202)
                .extract()
                .path("key");

        Await.until(() -> assertThat(said(AlertTestRequested.class)).anySatisfy(request -> {
            assertThat(request.key().value()).isEqualTo(key).startsWith("test/");
            assertThat(request.requestedBy()).isEqualTo("anna");
        }));
    }

    @Test
    void who_looks_after_an_alert_is_said_there_too() {
        api().body("{\"key\":\"wal/orders\",\"comment\":\"at it\",\"requested_by\":\"ben\"}")
                .post("/api/backup/alerts/acknowledge")
                .then()
                .statusCode(202);

        Await.until(() -> assertThat(said(AlertAcknowledged.class)).anySatisfy(said -> {
            assertThat(said.key().value()).isEqualTo("wal/orders");
            assertThat(said.by()).isEqualTo("ben");
            assertThat(said.comment()).isEqualTo("at it");
        }));
    }

    @Test
    void without_a_token_or_a_key_nothing_is_said() {
        given().contentType(ContentType.JSON)
                .body("{\"key\":\"wal/orders\"}")
                .post("/api/backup/alerts/acknowledge")
                .then()
                .statusCode(401);
        for (String body : List.of("{}", "{\"key\":\"Wal orders\"}", "{\"key\":\"\"}")) {
            api().body(body).post("/api/backup/alerts/acknowledge").then().statusCode(400);
        }
    }

    private static RequestSpecification api() {
        return given().header("Authorization", "Bearer " + SchedulerFiles.TOKEN).contentType(ContentType.JSON);
    }

    private <D> List<D> said(Class<D> type) {
        return broker.records("holdfast.alerts").stream()
                .map(codec::decode)
                .filter(Decoded.Known.class::isInstance)
                .map(known -> (Object) ((Decoded.Known) known).event().data())
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }
}

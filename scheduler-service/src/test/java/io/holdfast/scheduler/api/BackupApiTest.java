package io.holdfast.scheduler.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.holdfast.events.EventId;
import io.holdfast.events.EventType;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.Topic;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.events.request.CancellationRequested;
import io.holdfast.events.request.VerificationRequested;
import io.holdfast.events.verification.VerificationLevel;
import io.holdfast.events.wire.Decoded;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.scheduler.Await;
import io.holdfast.scheduler.SchedulerFiles;
import io.holdfast.scheduler.Story;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.ServiceSurroundings;
import io.holdfast.testing.Surrounding;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ExtractableResponse;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@WithTestResource(ServiceSurroundings.class)
@WithTestResource(SchedulerFiles.class)
class BackupApiTest {

    @Surrounding
    KafkaBroker broker;

    @BeforeEach
    void targets_are_known() {
        Await.until(() -> api().get("/api/backup/health").then().body("targets.target", hasItems("orders", "billing")));
    }

    @Test
    void a_backup_that_is_asked_for_is_listed_at_once_and_said_on_kafka() {
        String id = api().body("{\"target\":\"orders\",\"reason\":\"before deployment 812\",\"requested_by\":\"ci\"}")
                .post("/api/backup/create")
                .then()
                .statusCode(202)
                .body("status", equalTo("requested"), "target", equalTo("orders"), "kind", equalTo("full"))
                .extract()
                .path("backup_id");

        api().get("/api/backup/" + id)
                .then()
                .statusCode(200)
                .body("status", equalTo("requested"), "reason", equalTo("before deployment 812"))
                .body("requested_by", equalTo("ci"), "started_at", nullValue());
        api().get("/api/backup/list?target=orders&status=requested&kind=full")
                .then()
                .body("backups.backup_id", hasItems(id));
        Await.until(() -> assertThat(requests(id))
                .hasSize(1)
                .allSatisfy(data -> assertThat(data).isInstanceOfSatisfying(BackupRequested.class, it -> {
                    assertThat(it.reason()).isEqualTo("before deployment 812");
                    assertThat(it.requestedBy()).isEqualTo("ci");
                })));
    }

    @Test
    void the_same_idempotency_key_is_the_same_backup_and_refused_for_another() {
        String key = UUID.randomUUID().toString();
        String id =
                create(key, "{\"target\":\"orders\",\"kind\":\"logical\"}", 202).path("backup_id");

        assertThat(create(key, "{\"target\":\"orders\",\"kind\":\"logical\"}", 202)
                        .<String>path("backup_id"))
                .isEqualTo(id);
        assertThat(create(key, "{\"target\":\"billing\",\"kind\":\"logical\"}", 409)
                        .<String>path("hint"))
                .contains("new key");
        Await.until(() -> assertThat(requests(id)).hasSize(1));
    }

    @Test
    void a_backup_goes_to_the_repository_that_is_named_and_shows_it_at_once() {
        String id = api().body("{\"target\":\"billing\",\"repository\":\"cloud\"}")
                .post("/api/backup/create")
                .then()
                .statusCode(202)
                .body("repository", equalTo("cloud"))
                .extract()
                .path("backup_id");

        api().get("/api/backup/list?repository=cloud").then().body("backups.backup_id", hasItems(id));
        api().get("/api/backup/list?repository=main").then().body("backups.backup_id", not(hasItems(id)));
        Await.until(() -> assertThat(requests(id))
                .singleElement()
                .isInstanceOfSatisfying(
                        BackupRequested.class, it -> assertThat(it.repository()).isEqualTo(new RepositoryId("cloud"))));
    }

    @Test
    void all_repositories_are_one_backup_each_also_when_it_is_asked_twice() {
        String key = UUID.randomUUID().toString();
        String body = "{\"target\":\"billing\",\"repository\":\"all\"}";

        ExtractableResponse<?> first = create(key, body, 202);
        ExtractableResponse<?> again = create(key, body, 202);

        assertThat(first.<List<String>>path("backups.repository")).containsExactly("main", "cloud");
        List<String> ids = first.path("backups.backup_id");
        assertThat(ids).doesNotHaveDuplicates();
        assertThat(again.<List<String>>path("backups.backup_id")).isEqualTo(ids);
        Await.until(
                () -> assertThat(ids).allSatisfy(id -> assertThat(requests(id)).hasSize(1)));
    }

    @Test
    void health_tells_of_each_repository_of_a_target() {
        api().get("/api/backup/health")
                .then()
                .body(
                        "targets.find { it.target == 'billing' }.repositories.repository",
                        equalTo(List.of("main", "cloud")))
                .body("targets.find { it.target == 'orders' }.repositories.repository", equalTo(List.of("main")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"target\":\"oders\"}                       | 404 | no such target | did you mean `orders`?",
                "{\"target\":\"-oX;$()\"}                     | 404 | no such target | known: billing, orders",
                "{\"target\":\"orders\",\"kind\":\"fill\"}    | 400 | no such kind   | full, incremental, logical",
                "{\"target\":\"billing\",\"repository\":\"clod\"} | 404 | does not go to this repository | did you mean `cloud`?",
                "{\"target\":\"orders\",\"repository\":\"cloud\"} | 404 | does not go to this repository | known: main",
                "{\"traget\":\"orders\"}                      | 400 | field          | did you mean `target`?",
                "{\"kind\":\"full\"}                          | 400 | target is missing | target",
                "{\"target\":\"orders\"                       | 400 | JSON           | /q/openapi",
                "{\"target\":[1]}                             | 400 | target         | /q/openapi",
                "[]                                           | 400 | body           | /q/openapi",
                "{\"target\":\"orders\",\"reason\":\"a\\u0000b\"} | 400 | reason     | printable",
                "{\"target\":\"orders\",\"reason\":\"a\\ud800b\"} | 400 | reason     | printable",
            })
    void a_request_that_makes_no_sense_is_a_problem_with_a_hint(String body, int status, String detail, String hint) {
        api().body(body)
                .post("/api/backup/create")
                .then()
                .statusCode(status)
                .contentType(containsString("application/problem+json"))
                .body("status", equalTo(status), "detail", containsString(detail), "hint", containsString(hint))
                .body(not(containsString("Exception")));
    }

    @Test
    void no_body_another_media_type_and_an_unknown_path_are_problems_too() {
        api().post("/api/backup/create").then().statusCode(400).body("hint", containsString("target"));
        given().auth()
                .oauth2(SchedulerFiles.TOKEN)
                .contentType("text/plain")
                .body("x")
                .post("/api/backup/create")
                .then()
                .statusCode(415)
                .body("hint", containsString("application/json"));
        api().get("/api/nothing").then().statusCode(404).body("hint", containsString("/q/openapi"));
        api().get("/api/backup/" + UUID.randomUUID()).then().statusCode(404).body("hint", containsString("list"));
        api().get("/api/backup/no-id").then().statusCode(404).body("hint", containsString("list"));
        api().get("/api/backup/list?limit=5000").then().statusCode(400).body("detail", containsString("limit"));
        given().auth()
                .oauth2(SchedulerFiles.TOKEN)
                .urlEncodingEnabled(false)
                .get("/api/backup/list?target=%00")
                .then()
                .statusCode(400)
                .body("detail", containsString("target"));
        api().get("/api/backup/list?status=done").then().statusCode(400).body("hint", containsString("verified"));
    }

    @Test
    void a_body_that_is_too_large_is_refused() {
        api().body("{\"target\":\"orders\",\"reason\":\"" + "x".repeat(300_000) + "\"}")
                .post("/api/backup/create")
                .then()
                .statusCode(413);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/backup/list",
                "/api/backup/health",
                "/api/backup/events",
                "/api/nothing",
                "/api",
                "//api/backup/list",
                "/./api/backup/list",
                "/x/../api/backup/list",
                "/;a/api/backup/list",
                "/api;a/backup/list"
            })
    void without_the_token_nothing_shows(String path) {
        given().urlEncodingEnabled(false)
                .get(path)
                .then()
                .statusCode(401)
                .header("WWW-Authenticate", containsString("Bearer"))
                .body("hint", containsString("Authorization: Bearer"));
        given().auth()
                .oauth2(SchedulerFiles.TOKEN + "x")
                .get(path)
                .then()
                .statusCode(401)
                .body("hint", containsString("HOLDFAST_TOKEN_FILE"));
        given().auth()
                .preemptive()
                .basic("admin", SchedulerFiles.TOKEN)
                .get(path)
                .then()
                .statusCode(401);
    }

    @Test
    void health_and_the_page_that_says_where_things_are_are_open() {
        given().get("/").then().statusCode(200).body("backups", equalTo("/api/backup/list"));
        Await.until(() -> given().get("/q/health/ready").then().statusCode(200));
        given().get("/q/openapi").then().statusCode(200).body(containsString("/api/backup/create"));
        given().get("/q/metrics").then().statusCode(200);
    }

    @Test
    void a_backup_is_followed_from_request_to_verification() {
        Story story = Story.of("orders", "full");
        broker.send(story.requested(), story.started(1));
        Await.until(() -> get(story, "status", "running"));

        broker.send(story.progressed(500, 1000));
        Await.until(() -> api().get("/api/backup/" + story.backupId())
                .then()
                .body("progress.bytes_done", equalTo(500), "progress.bytes_total", equalTo(1000)));

        broker.send(story.completed());
        api().get("/api/backup/" + story.backupId() + "?wait=completed&timeout=20s")
                .then()
                .body("status", equalTo("completed"), "bytes", equalTo(4096), "stored_bytes", equalTo(1024))
                .body("encrypted", equalTo(true))
                .body("repository", equalTo("main"), "finished_at", equalTo("2026-11-20T02:05:00Z"))
                .body("progress", nullValue());

        broker.send(story.verified());
        api().get("/api/backup/" + story.backupId() + "?wait=verified&timeout=20s")
                .then()
                .body("status", equalTo("verified"), "verification.level", equalTo("structure"))
                .body("verification.seconds", equalTo(60.0f));
    }

    @Test
    void a_wait_ends_with_its_time() {
        Story story = Story.of("orders", "full");
        broker.send(story.requested());
        Await.until(() -> get(story, "status", "requested"));

        api().get("/api/backup/" + story.backupId() + "?wait=completed&timeout=100ms")
                .then()
                .statusCode(200)
                .body("status", equalTo("requested"));
        api().get("/api/backup/" + story.backupId() + "?wait=soon").then().statusCode(400);
        api().get("/api/backup/" + story.backupId() + "?wait=completed&timeout=1y")
                .then()
                .statusCode(400);
    }

    @Test
    void cancelling_and_verifying_are_said_on_kafka() {
        Story story = Story.of("orders", "full");
        broker.send(story.requested());
        Await.until(() -> get(story, "status", "requested"));
        api().post("/api/backup/verify/" + story.backupId())
                .then()
                .statusCode(409)
                .body("hint", containsString("wait"));

        api().body("{\"reason\":\"wrong one\"}")
                .post("/api/backup/" + story.backupId() + "/cancel")
                .then()
                .statusCode(202);
        broker.send(story.started(1), story.completed());
        Await.until(() -> get(story, "status", "completed"));
        api().body("{\"level\":\"restored\"}")
                .post("/api/backup/verify/" + story.backupId())
                .then()
                .statusCode(400)
                .body("hint", containsString("bytes or structure"));
        api().body("{\"level\":\"bytes\"}")
                .post("/api/backup/verify/" + story.backupId())
                .then()
                .statusCode(202);

        Await.until(() -> {
            assertThat(said(CancellationRequested.class)).anySatisfy(it -> {
                assertThat(it.request()).isEqualTo(story.request());
                assertThat(it.reason()).isEqualTo("wrong one");
            });
            assertThat(said(VerificationRequested.class)).anySatisfy(it -> {
                assertThat(it.backupId()).isEqualTo(story.backupId());
                assertThat(it.manifest()).isEqualTo("orders/1/manifest");
                assertThat(it.level()).isEqualTo(VerificationLevel.BYTES);
            });
        });
    }

    private static void get(Story story, String field, String value) {
        api().get("/api/backup/" + story.backupId()).then().statusCode(200).body(field, equalTo(value));
    }

    private <T> List<T> said(Class<T> type) {
        EventCodec codec = new EventCodec();
        return broker.records(Topic.BACKUP_REQUESTS.topicName()).stream()
                .map(codec::decode)
                .filter(Decoded.Known.class::isInstance)
                .map(known -> ((Decoded.Known) known).event().data())
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    private List<Object> requests(String id) {
        EventCodec codec = new EventCodec();
        return broker.records(Topic.BACKUP_REQUESTS.topicName()).stream()
                .map(codec::decode)
                .filter(Decoded.Known.class::isInstance)
                .map(Decoded.Known.class::cast)
                .filter(known -> known.type() == EventType.BACKUP_REQUESTED
                        && known.event().id().equals(new EventId(id)))
                .<Object>map(known -> known.event().data())
                .toList();
    }

    private static ExtractableResponse<?> create(String key, String body, int status) {
        return api().header("Idempotency-Key", key)
                .body(body)
                .post("/api/backup/create")
                .then()
                .statusCode(status)
                .extract();
    }

    private static RequestSpecification api() {
        return given().auth().oauth2(SchedulerFiles.TOKEN).contentType(ContentType.JSON);
    }
}

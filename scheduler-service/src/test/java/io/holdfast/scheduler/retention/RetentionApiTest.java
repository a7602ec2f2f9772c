package io.holdfast.scheduler.retention;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.holdfast.events.BackupId;
import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.EventType;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.Topic;
import io.holdfast.events.request.HoldRequested;
import io.holdfast.events.request.RetentionRequested;
import io.holdfast.events.retention.BackupDeleted;
import io.holdfast.events.retention.BackupExpired;
import io.holdfast.events.retention.BackupHeld;
import io.holdfast.events.retention.BackupKept;
import io.holdfast.events.retention.BackupReleased;
import io.holdfast.events.retention.HoldFailed;
import io.holdfast.events.retention.JudgedBackup;
import io.holdfast.events.retention.RetentionCompleted;
import io.holdfast.events.retention.RetentionFailed;
import io.holdfast.events.signing.SignatureCheck.Verdict;
import io.holdfast.events.wire.Decoded;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.runtime.signing.ControlPlaneKey;
import io.holdfast.scheduler.Await;
import io.holdfast.scheduler.SchedulerFiles;
import io.holdfast.scheduler.Story;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.ServiceSurroundings;
import io.holdfast.testing.Surrounding;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(ServiceSurroundings.class)
@WithTestResource(SchedulerFiles.class)
class RetentionApiTest {
    private static final TargetId BILLING = new TargetId("billing");
    private static final TargetId ORDERS = new TargetId("orders");
    private static final RepositoryId MAIN = new RepositoryId("main");
    private static final Instant NOW = Instant.parse("2026-11-22T01:00:00Z");

    @Surrounding
    KafkaBroker broker;

    @Inject
    ControlPlaneKey key;

    @Inject
    EventCodec codec;

    @BeforeEach
    void targets_are_known() {
        Await.until(() -> {
            api().get("/api/backup/retention").then().body("retention.target", hasItems("orders", "billing"));
        });
    }

    @Test
    void a_dry_run_is_asked_for_in_each_repository_signed_and_its_plan_is_shown() throws Exception {
        List<String> runs = api().body("""
                        {"target": "billing", "dry_run": true, "reason": "audit", "requested_by": "anna"}
                        """)
                .post("/api/backup/retention/run")
                .then()
                .statusCode(202)
                .body("runs.repository", contains("main", "cloud"), "runs.status", contains("requested", "requested"))
                .extract()
                .path("runs.run_id");
        String run = runs.getFirst();
        WireEvent record = Await.until(() -> record(new EventId(run)));
        assertThat(key.check().check(record)).isInstanceOf(Verdict.Valid.class);
        assertThat(record.headers().get("ce_signatureexpiry")).isNotEqualTo("never");
        assertThat(data(record)).isEqualTo(new RetentionRequested(BILLING, MAIN, true, null, "audit", "anna"));

        BackupId old = BackupId.of(UUID.randomUUID().toString());
        broker.send(say(
                run,
                new RetentionCompleted(
                        BILLING,
                        MAIN,
                        true,
                        3,
                        1,
                        0,
                        1,
                        List.of(new JudgedBackup(old, NOW, "wait", List.of("somebody has to agree"), true)),
                        null,
                        0,
                        0,
                        0,
                        null,
                        NOW,
                        NOW)));

        api().get("/api/backup/retention/run/" + run + "?wait=completed&timeout=20s")
                .then()
                .statusCode(200)
                .body("status", equalTo("planned"), "kept", equalTo(3), "requested_by", equalTo("anna"));
        api().get("/api/backup/retention?target=billing")
                .then()
                .body(
                        "retention.repository",
                        contains("main", "cloud"),
                        "retention[0].plan.decisions[0].backup_id",
                        equalTo(old.toString()),
                        "retention[0].plan.decisions[0].awaits_approval",
                        equalTo(true),
                        "retention[0].last_run_at",
                        nullValue(),
                        "retention[1].plan",
                        nullValue());

        // when somebody agrees
        String agreed = api().body(
                        "{\"target\": \"billing\", \"repository\": \"main\", \"approved\": [\"" + old + "\"]}")
                .post("/api/backup/retention/run")
                .then()
                .statusCode(202)
                .extract()
                .path("runs[0].run_id");
        assertThat(data(Await.until(() -> record(new EventId(agreed)))))
                .isEqualTo(new RetentionRequested(BILLING, MAIN, false, List.of(old), null, "api"));
        Failure failure = new Failure(FailureCategory.PERMISSION, "it may not", "let it");
        broker.send(say(agreed, new RetentionFailed(BILLING, MAIN, false, failure, NOW)));
        Await.until(() -> {
            api().get("/api/backup/retention?target=billing")
                    .then()
                    .body(
                            "retention[0].failure.category",
                            equalTo("permission"),
                            "retention[0].plan.run_id",
                            equalTo(run));
        });
    }

    @Test
    void a_run_that_the_role_began_by_itself_is_known_by_its_end() {
        String run = UUID.randomUUID().toString();

        broker.send(say(
                run,
                new RetentionCompleted(
                        ORDERS, MAIN, false, 2, 0, 5, 0, List.of(), 5, 70, 3, 0, List.of("a note"), NOW, NOW)));

        Await.until(() -> {
            api().get("/api/backup/retention?target=orders")
                    .then()
                    .body(
                            "retention[0].last_run_at",
                            equalTo(NOW.toString()),
                            "retention[0].plan.removed",
                            equalTo(5),
                            "retention[0].plan.notes",
                            contains("a note"));
        });
    }

    @Test
    void what_has_expired_is_not_offered_any_more_until_it_stays_after_all_or_is_gone() {
        Story story = Story.of("orders", "full");
        broker.send(story.requested(), story.completed(), story.verified());
        awaitStatus(story, "verified");

        broker.send(about(story, "1", new BackupExpired(story.backupId(), ORDERS, MAIN, "no rule keeps it", NOW)));
        awaitStatus(story, "expired");
        api().get("/api/backup/" + story.backupId())
                .then()
                .body("expired_because", equalTo("no rule keeps it"), "expired_at", notNullValue());
        api().body("{\"backup_id\": \"" + story.backupId() + "\", \"directory\": \"/srv/x\"}")
                .post("/api/backup/restore")
                .then()
                .statusCode(409)
                .body("detail", containsString("the backup is expired"));
        api().get("/api/backup/list?status=verified")
                .then()
                .body("backups.backup_id", not(hasItem(story.backupId().toString())));

        broker.send(
                about(story, "2", new BackupKept(story.backupId(), ORDERS, MAIN, "it is held", NOW.plusSeconds(1))));
        awaitStatus(story, "verified");

        broker.send(
                about(story, "3", new BackupExpired(story.backupId(), ORDERS, MAIN, "no rule", NOW.plusSeconds(2))),
                about(story, "4", new BackupDeleted(story.backupId(), ORDERS, MAIN, NOW.plusSeconds(3))));
        awaitStatus(story, "deleted");
        api().get("/api/backup/" + story.backupId()).then().body("deleted_at", notNullValue());
    }

    @Test
    void of_a_backup_in_another_repository_nothing_is_said() {
        Story story = Story.of("billing", "full");
        broker.send(story.requested(), story.completedIn(new RepositoryId("cloud"), 300));
        awaitStatus(story, "completed");
        Story marker = Story.of("billing", "full");

        broker.send(
                about(story, "1", new BackupExpired(story.backupId(), BILLING, MAIN, "no rule", NOW)),
                marker.requested(),
                marker.completed());

        awaitStatus(marker, "completed");
        awaitStatus(story, "completed");
    }

    @Test
    void a_hold_is_asked_for_put_listed_and_released() throws Exception {
        Story story = Story.of("orders", "full");
        broker.send(story.requested(), story.completed());
        awaitStatus(story, "completed");
        String body = "{\"backup_id\": \"%s\", \"name\": \"case-1\", \"reason\": \"court\", \"requested_by\": \"anna\"}"
                .formatted(story.backupId());

        api().body(body)
                .post("/api/backup/hold")
                .then()
                .statusCode(202)
                .body("status", equalTo("requested"), "held", equalTo(false));
        EventId put = holdRequest(story, false);
        broker.send(say(put.value(), new BackupHeld(story.backupId(), ORDERS, MAIN, "case-1", "court", "anna", NOW)));
        String hold = "/api/backup/hold/" + story.backupId() + "/case-1";
        api().get(hold + "?wait=completed&timeout=20s")
                .then()
                .body("status", equalTo("held"), "held_by", equalTo("anna"), "reason", equalTo("court"));
        api().get("/api/backup/hold?target=orders")
                .then()
                .body("holds.backup_id", hasItem(story.backupId().toString()));

        api().body(body).post("/api/backup/hold/release").then().statusCode(202);
        EventId release = holdRequest(story, true);
        Failure failure = new Failure(FailureCategory.PERMISSION, "it is locked", "wait");
        broker.send(say(release.value(), new HoldFailed(story.backupId(), ORDERS, MAIN, "case-1", true, failure, NOW)));
        api().get(hold + "?wait=completed&timeout=20s")
                .then()
                .body("status", equalTo("failed"), "held", equalTo(true), "failure.message", equalTo("it is locked"));

        broker.send(say(
                UUID.randomUUID().toString(),
                new BackupReleased(story.backupId(), ORDERS, MAIN, "case-1", null, "anna", NOW)));
        Await.until(() -> {
            api().get(hold).then().body("status", equalTo("released"), "held", equalTo(false));
        });
        api().get("/api/backup/hold?target=orders")
                .then()
                .body("holds.backup_id", not(hasItem(story.backupId().toString())));
    }

    @Test
    void what_cannot_be_done_is_refused() {
        api().body("{\"target\": \"order\"}")
                .post("/api/backup/retention/run")
                .then()
                .statusCode(404)
                .body("hint", containsString("orders"));
        api().body("{\"target\": \"orders\", \"repository\": \"cloud\"}")
                .post("/api/backup/retention/run")
                .then()
                .statusCode(404);
        api().body("{\"target\": \"orders\", \"approved\": [\"x\"]}")
                .post("/api/backup/retention/run")
                .then()
                .statusCode(400);
        api().get("/api/backup/retention/run/" + UUID.randomUUID()).then().statusCode(404);
        api().body("{\"backup_id\": \"" + UUID.randomUUID() + "\", \"reason\": \"x\"}")
                .post("/api/backup/hold")
                .then()
                .statusCode(404);
        Story story = Story.of("orders", "full");
        broker.send(story.requested(), story.completed());
        awaitStatus(story, "completed");
        api().body("{\"backup_id\": \"" + story.backupId() + "\"}")
                .post("/api/backup/hold")
                .then()
                .statusCode(400)
                .body("detail", containsString("reason"));
        api().body("{\"backup_id\": \"" + story.backupId() + "\", \"reason\": \"x\", \"name\": \"a/b\"}")
                .post("/api/backup/hold")
                .then()
                .statusCode(400);
    }

    private static void awaitStatus(Story story, String status) {
        Await.until(() -> {
            api().get("/api/backup/" + story.backupId()).then().body("status", equalTo(status));
        });
    }

    private EventId holdRequest(Story story, boolean release) {
        return Await.until(() -> broker.records(Topic.RESTORE_REQUESTS.topicName()).stream()
                .map(record -> ((Decoded.Known) codec.decode(record)).event())
                .filter(event -> event.data() instanceof HoldRequested hold
                        && hold.backupId().equals(story.backupId())
                        && hold.release() == release)
                .map(Event::id)
                .findFirst()
                .orElseThrow(() -> new AssertionError("not said yet")));
    }

    private EventData data(WireEvent record) {
        return ((Decoded.Known) codec.decode(record)).event().data();
    }

    private WireEvent record(EventId id) {
        return broker.records(Topic.RESTORE_REQUESTS.topicName()).stream()
                .filter(record -> id.value().equals(record.headers().get("ce_id")))
                .findFirst()
                .orElseThrow(() -> new AssertionError("not said yet"));
    }

    /** An outcome of a request. */
    private WireEvent say(String request, EventData data) {
        EventId id = new EventId(request);
        return codec.encode(new Event<>(
                EventId.derived(request, EventType.of(data).wireName()),
                "/verifier-service/v1",
                Instant.now(),
                id,
                id,
                null,
                data));
    }

    private WireEvent about(Story story, String number, EventData data) {
        EventId run = new EventId(UUID.randomUUID().toString());
        return codec.encode(new Event<>(
                EventId.derived(story.request().value(), number), "/verifier-service/v1", NOW, run, run, null, data));
    }

    private static RequestSpecification api() {
        return given().header("Authorization", "Bearer " + SchedulerFiles.TOKEN).contentType(ContentType.JSON);
    }
}

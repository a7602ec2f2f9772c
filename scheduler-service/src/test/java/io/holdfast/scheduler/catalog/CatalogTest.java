package io.holdfast.scheduler.catalog;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.holdfast.events.BackupKind;
import io.holdfast.events.TargetId;
import io.holdfast.events.Topic;
import io.holdfast.events.request.CancellationRequested;
import io.holdfast.events.verification.VerificationLevel;
import io.holdfast.events.wire.Decoded;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.scheduler.Await;
import io.holdfast.scheduler.SchedulerFiles;
import io.holdfast.scheduler.Story;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.ServiceDatabase;
import io.holdfast.testing.ServiceSurroundings;
import io.holdfast.testing.Surrounding;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(ServiceSurroundings.class)
@WithTestResource(SchedulerFiles.class)
class CatalogTest {

    @Surrounding
    KafkaBroker broker;

    @Surrounding
    ServiceDatabase database;

    private final String target = "t-" + UUID.randomUUID();

    @Test
    void events_in_any_order_and_any_number_of_times_end_in_the_same_row() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int seed = 0; seed < 6; seed++) {
            Story story = Story.of(target, "full");
            List<WireEvent> events = new ArrayList<>();
            for (int times = 0; times < 2; times++) {
                events.addAll(List.of(
                        story.requested(), story.started(1), story.started(2), story.completed(), story.verified()));
            }
            Collections.shuffle(events, new Random(seed));
            broker.send(events.toArray(WireEvent[]::new));
            awaitStatus(story, "verified");
            awaitRead(story);

            Map<String, Object> row =
                    new TreeMap<>(get(story).extract().jsonPath().getMap("$"));
            row.remove("backup_id");
            rows.add(row);
        }

        assertThat(rows).allSatisfy(row -> assertThat(row).isEqualTo(rows.getFirst()));
        assertThat(rows.getFirst()).containsEntry("attempts", 2).containsEntry("requested_by", "ci");
    }

    @Test
    void a_second_request_with_the_id_of_a_backup_changes_nothing() {
        Story story = Story.of(target, "full");
        Story forged = new Story(story.request(), story.target(), BackupKind.LOGICAL);
        broker.send(story.requested());
        awaitStatus(story, "requested");
        Object requestedAt = get(story).extract().path("requested_at");

        broker.send(forged.requested("forged", Instant.parse("2026-11-21T02:00:00Z")));
        awaitRead(story);

        get(story).body("kind", equalTo("full"), "reason", equalTo("because"), "requested_at", equalTo(requestedAt));
    }

    @Test
    void what_a_worker_says_of_a_backup_counts_more_than_a_request() {
        Story story = Story.of(target, "full");
        broker.send(story.completed());
        awaitStatus(story, "completed");

        broker.send(new Story(story.request(), story.target(), BackupKind.LOGICAL)
                .requested("forged", Instant.parse("2026-11-21T02:00:00Z")));
        awaitRead(story);

        get(story).body("kind", equalTo("full"), "reason", equalTo("because"));
    }

    @Test
    void a_request_that_used_the_id_for_another_target_leaves_nothing_once_the_work_tells_of_it() {
        // given: the wrong one is read first, as happens with another partition
        Story story = Story.of(target, "full");
        Story wrong = new Story(story.request(), new TargetId("wrong-" + target), BackupKind.LOGICAL);
        broker.send(wrong.requested("wrong", Instant.parse("2026-11-21T02:00:00Z")));
        awaitStatus(story, "requested");

        // when
        broker.send(story.started(1), story.requested());
        awaitRead(story);

        // then
        Await.until(() -> get(story)
                .body("target", equalTo(target), "kind", equalTo("full"), "reason", equalTo("because"))
                .body("requested_by", equalTo("ci"), "status", equalTo("running")));
        Await.until(
                () -> assertThat(list().toString()).contains(story.backupId().toString()));
    }

    @Test
    void work_is_cancelled_by_its_request_whatever_it_correlates_with() {
        Story story = Story.of(target, "full");
        broker.send(story.startedOf("deployment-812"));
        awaitStatus(story, "running");

        given().auth()
                .oauth2(SchedulerFiles.TOKEN)
                .contentType("application/json")
                .post("/api/backup/" + story.backupId() + "/cancel")
                .then()
                .statusCode(202);

        EventCodec codec = new EventCodec();
        Await.until(() -> assertThat(broker.records(Topic.BACKUP_REQUESTS.topicName()))
                .filteredOn(record -> target.equals(record.key()))
                .anySatisfy(record -> assertThat(
                                ((Decoded.Known) codec.decode(record)).event().data())
                        .isInstanceOfSatisfying(
                                CancellationRequested.class,
                                it -> assertThat(it.request()).isEqualTo(story.request()))));
    }

    @Test
    void each_end_has_its_status_with_what_belongs_to_it() {
        Story failed = Story.of(target, "full");
        Story cancelled = Story.of(target, "full");
        Story damaged = Story.of(target, "full");
        Story repaired = Story.of(target, "full");
        broker.send(
                failed.requested(),
                failed.started(1),
                failed.failed(),
                cancelled.requested(),
                cancelled.cancelled(),
                damaged.completed(),
                damaged.verified(),
                damaged.damaged(),
                repaired.damaged(),
                repaired.completed());

        awaitStatus(failed, "failed");
        get(failed)
                .body("failure.category", equalTo("authentication"), "failure.hint", equalTo("look at the password"));
        awaitStatus(cancelled, "cancelled");
        get(cancelled).body("cancelled_by", equalTo("ops"), "failure", nullValue());
        awaitStatus(damaged, "failed");
        get(damaged)
                .body("failure.category", equalTo("repository_damaged"))
                .body("verification.damages[0].file", equalTo("base/1/1259"), "bytes", equalTo(4096));
        awaitStatus(repaired, "failed");
    }

    @Test
    void damage_stays_until_a_verification_that_looked_as_deep_finds_none() {
        // given: three that are damaged, as a verification of their structure showed
        Story shallow = Story.of(target, "full");
        Story unread = Story.of(target, "full");
        Story whole = Story.of(target, "full");

        // when: the later ones come first for one of them
        broker.send(
                shallow.completed(),
                shallow.verifiedAgain(VerificationLevel.BYTES),
                shallow.damaged(),
                unread.completed(),
                unread.damaged(),
                unread.unreadAgain(),
                whole.completed(),
                whole.damaged(),
                whole.verifiedAgain(VerificationLevel.STRUCTURE));
        awaitRead(whole);

        // then
        Await.until(() -> get(shallow).body("verification.level", equalTo("bytes"), "status", equalTo("failed")));
        Await.until(() -> get(unread)
                .body("verification.failure.category", equalTo("repository_unavailable"))
                .body("status", equalTo("failed"), "failure.category", equalTo("repository_damaged")));
        awaitStatus(whole, "verified");
        get(shallow).body("failure.category", equalTo("repository_damaged"));
    }

    @Test
    void what_changes_while_the_status_stays_shows_too() {
        Story story = Story.of(target, "full");
        broker.send(story.requested(), story.started(1));
        awaitStatus(story, "running");
        awaitRead(story);

        broker.send(story.started(2));
        Await.until(() -> get(story).body("attempts", equalTo(2), "worker", equalTo("worker-2")));

        broker.send(story.completed(), story.unread());
        Await.until(() -> get(story).body("verification.status", equalTo("failed")));
        get(story).body("status", equalTo("completed"), "manifest", equalTo("orders/1/manifest"));
    }

    @Test
    void an_event_that_cannot_be_stored_does_not_hold_up_the_others() {
        Story poison = Story.of(target, "full");
        Story after = Story.of(target, "full");
        WireEvent said = poison.requested();
        byte[] data = new String(said.data(), StandardCharsets.UTF_8)
                .replace("because", "a\\u0000b")
                .getBytes(StandardCharsets.UTF_8);

        broker.send(
                new WireEvent(said.topic(), said.key(), said.headers(), data),
                new WireEvent(said.topic(), said.key(), Map.of(), new byte[] {1, 2, 3}),
                after.requested());

        awaitStatus(after, "requested");
        awaitStatus(poison, "requested");
    }

    @Test
    void a_catalog_that_was_dropped_is_read_again_and_says_the_same() {
        for (int i = 0; i < 20; i++) {
            Story story = Story.of(target, "full");
            broker.send(story.requested(), story.started(1), story.completed());
            if (i % 2 == 0) {
                broker.send(story.verified());
            }
        }
        Await.until(() -> assertThat(list()).hasSize(20));
        Await.until(() -> assertThat(list().toString()).contains("finished_at"));
        awaitSettled();
        List<Object> before = list();

        database.execute("drop schema catalog cascade");
        Await.until(() -> assertThat(list()).hasSize(20).isEqualTo(before));

        database.execute("drop table catalog.backup");
        Await.until(() -> assertThat(list()).hasSize(20).isEqualTo(before));
    }

    private void awaitSettled() {
        Await.until(() -> assertThat(database.query("select count(*) from catalog.backup where target = '" + target
                        + "' and status not in ('COMPLETED', 'VERIFIED')"))
                .isEqualTo("0"));
        Await.until(() -> assertThat(database.query(
                        "select count(*) from catalog.backup where target = '" + target + "' and status = 'VERIFIED'"))
                .isEqualTo("10"));
    }

    /** Until everything that was sent is read: a marker with the same key, hence in the same partition of each topic. */
    private void awaitRead(Story story) {
        Story marker = Story.of(story.target().value(), "full");
        broker.send(marker.requested());
        awaitStatus(marker, "requested");
        broker.send(marker.completed());
        awaitStatus(marker, "completed");
    }

    private List<Object> list() {
        return given().auth()
                .oauth2(SchedulerFiles.TOKEN)
                .get("/api/backup/list?limit=1000&target=" + target)
                .then()
                .extract()
                .jsonPath()
                .getList("backups");
    }

    private static void awaitStatus(Story story, String status) {
        Await.until(() -> get(story).statusCode(200).body("status", equalTo(status)));
    }

    private static ValidatableResponse get(Story story) {
        return given().auth()
                .oauth2(SchedulerFiles.TOKEN)
                .get("/api/backup/" + story.backupId())
                .then();
    }
}

package io.holdfast.scheduler.drill;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;

import io.holdfast.events.BackupId;
import io.holdfast.events.DrillId;
import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.EventIds;
import io.holdfast.events.EventType;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import io.holdfast.events.Topic;
import io.holdfast.events.drill.DrillCheck;
import io.holdfast.events.drill.DrillCompleted;
import io.holdfast.events.drill.DrillFailed;
import io.holdfast.events.drill.DrillMeasures;
import io.holdfast.events.drill.DrillReason;
import io.holdfast.events.drill.DrillStarted;
import io.holdfast.events.request.DrillPick;
import io.holdfast.events.request.DrillRequested;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.restore.RestoreCompleted.Phase;
import io.holdfast.events.signing.SignatureCheck.Verdict;
import io.holdfast.events.wire.Decoded;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.outbox.Outbox;
import io.holdfast.runtime.signing.ControlPlaneKey;
import io.holdfast.scheduler.Await;
import io.holdfast.scheduler.SchedulerFiles;
import io.holdfast.scheduler.catalog.CatalogReader;
import io.holdfast.scheduler.catalog.DrillReader;
import io.holdfast.scheduler.catalog.ListedDrill;
import io.holdfast.scheduler.catalog.Projection;
import io.holdfast.scheduler.request.BackupRequests;
import io.holdfast.scheduler.request.KnownTargets;
import io.holdfast.scheduler.request.RequestRefusedException;
import io.holdfast.scheduler.request.RequestRefusedException.Why;
import io.holdfast.scheduler.request.SignedRequests;
import io.holdfast.scheduler.schedule.CronSchedule;
import io.holdfast.scheduler.schedule.DrillPlan;
import io.holdfast.scheduler.schedule.DrillPlans;
import io.holdfast.scheduler.schedule.DrillSchedules;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.ServiceSurroundings;
import io.holdfast.testing.Surrounding;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(ServiceSurroundings.class)
@WithTestResource(SchedulerFiles.class)
class DrillApiTest {
    private static final Instant BEGUN = Instant.parse("2026-11-21T04:00:00Z");
    private static final BackupId BACKUP = BackupId.of("019c2a52-8c00-7d3a-b1a5-0c1d2e3f4a5b");

    @Surrounding
    KafkaBroker broker;

    @Inject
    ControlPlaneKey key;

    @Inject
    EventCodec codec;

    @Inject
    DrillSchedules table;

    @Inject
    DrillPlans followed;

    @Inject
    BackupRequests backups;

    @Inject
    KnownTargets targets;

    @Inject
    DrillReader drills;

    @Inject
    Projection projection;

    @Inject
    Outbox outbox;

    @Inject
    SignedRequests signing;

    @Inject
    EventIds ids;

    @Inject
    Instance instance;

    @Inject
    DrillRequests requests;

    @Inject
    CatalogReader catalog;

    @BeforeEach
    void targets_are_known() {
        Await.until(() -> assertThat(followed.areKnown()).isTrue());
        Await.until(() -> {
            api().get("/api/backup/test/status").then().body("targets.target", hasItems("orders", "billing"));
        });
    }

    @Test
    void a_drill_is_signed_followed_to_its_end_and_tells_how_its_target_stands() throws Exception {
        // given a drill that was asked for
        String id = api().body("""
                        {"target": "billing", "to_time": "2026-11-20T22:13:20Z", "seed": 4711, "reason": "audit"}
                        """)
                .post("/api/backup/test/restore")
                .then()
                .statusCode(202)
                .body("status", equalTo("requested"), "site", equalTo("local"), "seed", equalTo(4711))
                .extract()
                .path("drill_id");
        WireEvent record = Await.until(() -> record(new EventId(id)));
        assertThat(key.check().check(record)).isInstanceOf(Verdict.Valid.class);
        assertThat(record.headers().get("ce_signatureexpiry")).isNotEqualTo("never");
        DrillRequested said =
                (DrillRequested) ((Decoded.Known) codec.decode(record)).event().data();
        assertThat(said.repository()).isEqualTo(new RepositoryId("main"));
        assertThat(said.moment()).isEqualTo(new RecoveryTarget.Time(Instant.parse("2026-11-20T22:13:20Z"), null, null));

        // when the worker tells what came of it
        DrillId drill = DrillId.of(id);
        SiteName local = new SiteName("local");
        TargetId billing = new TargetId("billing");
        broker.send(
                say(drill, new DrillStarted(drill, billing, local, BEGUN, 1, "worker-1", "audit", "api")),
                say(
                        drill,
                        new DrillCompleted(
                                drill,
                                billing,
                                said.repository(),
                                local,
                                BACKUP,
                                said.moment(),
                                4711,
                                BEGUN,
                                BEGUN.plusSeconds(9),
                                measures(),
                                List.of(new DrillCheck("role shop", null, true, "is there", null)),
                                "billing/1/drills/b/d")));

        // then the catalog has it, and knows how long a restore takes
        api().get("/api/backup/test/restore/" + id + "?wait=completed&timeout=20s")
                .then()
                .body("status", equalTo("completed"), "report", equalTo("billing/1/drills/b/d"))
                .body("measures.phases[0].seconds", equalTo(2.5f), "measures.rpo_seconds", equalTo(3.0f))
                .body("checks[0].passed", equalTo(true), "backup_id", equalTo(BACKUP.toString()));
        api().get("/api/backup/test/status")
                .then()
                .body("targets.find { it.target == 'billing' }.rto_seconds", equalTo(4.5f))
                .body("targets.find { it.target == 'billing' }.estimate_seconds", equalTo(4.5f))
                .body("targets.find { it.target == 'billing' }.last_passed_at", equalTo("2026-11-21T04:00:09Z"));
    }

    @Test
    void a_drill_that_failed_says_what_for() {
        String id = api().body("{\"target\": \"orders\"}")
                .header("Idempotency-Key", "drill-once")
                .post("/api/backup/test/restore")
                .then()
                .statusCode(202)
                .extract()
                .path("drill_id");
        // The same key is the same drill.
        api().body("{\"target\": \"orders\"}")
                .header("Idempotency-Key", "drill-once")
                .post("/api/backup/test/restore")
                .then()
                .body("drill_id", equalTo(id));
        DrillId drill = DrillId.of(id);
        broker.send(say(
                drill,
                new DrillFailed(
                        drill,
                        new TargetId("orders"),
                        new RepositoryId("main"),
                        new SiteName("local"),
                        BACKUP,
                        null,
                        1,
                        BEGUN,
                        BEGUN.plusSeconds(9),
                        1,
                        DrillReason.MISSING_ROLE,
                        new Failure(FailureCategory.CHECK_FAILED, "role shop is not there.", "look."),
                        measures(),
                        List.of(new DrillCheck("role shop", null, false, "is not there", DrillReason.MISSING_ROLE)),
                        null)));

        api().get("/api/backup/test/restore/" + id + "?wait=completed&timeout=20s")
                .then()
                .body("status", equalTo("failed"), "failed_for", equalTo("missing_role"))
                .body("failure.category", equalTo("check_failed"));
        api().get("/api/backup/test/status")
                .then()
                .body("targets.find { it.target == 'orders' }.last_failed_for", equalTo("missing_role"));
    }

    @Test
    void what_makes_no_sense_is_refused() {
        api().body("{\"target\": \"nobody\"}")
                .post("/api/backup/test/restore")
                .then()
                .statusCode(404);
        api().body("{\"target\": \"orders\", \"latest\": true, \"to_lsn\": \"0/5\"}")
                .post("/api/backup/test/restore")
                .then()
                .statusCode(400)
                .body("detail", containsString("more than one moment"));
        api().body("{\"target\": \"orders\", \"pick\": \"best\"}")
                .post("/api/backup/test/restore")
                .then()
                .statusCode(400);
    }

    @Test
    void a_drill_is_not_asked_for_while_nobody_knows_what_it_has_to_look_at() {
        // given a scheduler that has not followed its configuration since it began
        Clock clock = Clock.systemUTC();
        DrillPlans none = new DrillPlans(table, clock);
        DrillRequests early = new DrillRequests(
                backups, targets, none, drills, projection, outbox, signing, codec, ids, instance, clock);
        DrillOrder order = new DrillOrder("billing", null, null, null, null, null, null, null, null, null, null);

        // when
        RequestRefusedException refused =
                catchThrowableOfType(RequestRefusedException.class, () -> early.order(order, null));
        none.follow(followed.all());
        ListedDrill later = early.order(order, null);

        // then
        assertThat(refused.why()).isEqualTo(Why.UNAVAILABLE);
        assertThat(later.target()).isEqualTo("billing");
    }

    @Test
    void a_drill_that_is_due_is_asked_for_once_at_random() {
        // given a plan, and two instances that look when it is due
        TargetId target = new TargetId("billing");
        DrillPlan plan = new DrillPlan(
                target,
                new RepositoryId("main"),
                CronSchedule.of("0 4 1 * *", ZoneId.of("UTC")),
                false,
                new SiteName("lab"),
                io.holdfast.events.request.DrillChecks.NONE);
        DrillPlans plans = new DrillPlans(table, at("2100-01-20T00:00:00Z"));
        plans.follow(List.of(plan));

        // when the time has come
        new DrillClockwork(table, plans, requests, catalog, at("2100-01-31T23:59:59Z")).tick();
        new DrillClockwork(table, plans, requests, catalog, at("2100-02-01T04:00:01Z")).tick();
        new DrillClockwork(table, plans, requests, catalog, at("2100-02-01T04:00:02Z")).tick();

        // then there is one request
        Await.until(() -> assertThat(requested("lab")).singleElement().satisfies(request -> {
            assertThat(request.pick()).isEqualTo(DrillPick.RANDOM);
            assertThat(request.dueAt()).isEqualTo(Instant.parse("2100-02-01T04:00:00Z"));
            assertThat(request.requestedBy()).isEqualTo("schedule");
        }));
    }

    private List<DrillRequested> requested(String site) {
        return broker.records(Topic.RESTORE_REQUESTS.topicName()).stream()
                .map(record -> ((Decoded.Known) codec.decode(record)).event().data())
                .filter(DrillRequested.class::isInstance)
                .map(DrillRequested.class::cast)
                .filter(request -> request.site().value().equals(site))
                .toList();
    }

    private static Clock at(String moment) {
        return Clock.fixed(Instant.parse(moment), ZoneOffset.UTC);
    }

    private static DrillMeasures measures() {
        return new DrillMeasures(
                List.of(new Phase("fetch", 2.5), new Phase("recover", 2.0)), 4.5, 4096L, null, BEGUN, 3.0);
    }

    private WireEvent record(EventId id) {
        return broker.records(Topic.RESTORE_REQUESTS.topicName()).stream()
                .filter(record -> id.value().equals(record.headers().get("ce_id")))
                .findFirst()
                .orElseThrow(() -> new AssertionError("not said yet"));
    }

    private WireEvent say(DrillId drill, EventData data) {
        EventId request = new EventId(drill.toString());
        return codec.encode(new Event<>(
                EventId.derived(drill.toString(), EventType.of(data).wireName()),
                "/restore-worker/worker-1",
                BEGUN,
                request,
                request,
                null,
                data));
    }

    private static RequestSpecification api() {
        return given().header("Authorization", "Bearer " + SchedulerFiles.TOKEN).contentType(ContentType.JSON);
    }
}

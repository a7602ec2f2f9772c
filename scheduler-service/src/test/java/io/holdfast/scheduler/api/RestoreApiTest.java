package io.holdfast.scheduler.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.not;

import io.holdfast.events.BackupKind;
import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.RestoreId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import io.holdfast.events.Topic;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.progress.WorkerHeartbeat;
import io.holdfast.events.request.CancellationRequested;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.request.RecoveryTimeline;
import io.holdfast.events.request.RestoreDestination;
import io.holdfast.events.request.RestoreHooks;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.events.restore.RestoreCompleted;
import io.holdfast.events.restore.RestorePlanned;
import io.holdfast.events.restore.RestorePlanned.Plan;
import io.holdfast.events.restore.RestoreStarted;
import io.holdfast.events.signing.SignatureCheck.Verdict;
import io.holdfast.events.wire.Decoded;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.runtime.signing.ControlPlaneKey;
import io.holdfast.runtime.signing.MissingKeyException;
import io.holdfast.scheduler.Await;
import io.holdfast.scheduler.SchedulerFiles;
import io.holdfast.scheduler.Story;
import io.holdfast.scheduler.restore.DatabaseUrl;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.ServiceSurroundings;
import io.holdfast.testing.Surrounding;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@WithTestResource(ServiceSurroundings.class)
@WithTestResource(SchedulerFiles.class)
class RestoreApiTest {

    @Surrounding
    KafkaBroker broker;

    @Inject
    ControlPlaneKey key;

    @Inject
    EventCodec codec;

    @Test
    void a_restore_is_signed_and_followed_to_its_end() throws MissingKeyException {
        Story story = backup("full");
        String id = api().body("""
                        {"backup_id": "%s", "directory": "/srv/restored", "start": true, "port": 6543, "delta": true, "safety_backup": true, "confirm": "orders", "reason": "lost",
                         "checks": [{"name": "orders", "sql": "select count(*) from orders", "expected": "7"}]}
                        """.formatted(story.backupId()))
                .post("/api/backup/restore")
                .then()
                .statusCode(202)
                .body("status", equalTo("requested"), "site", equalTo("local"), "target", equalTo("orders"))
                .extract()
                .path("restore_id");

        WireEvent record = Await.until(() -> record(new EventId(id)));
        assertThat(key.check().check(record)).isInstanceOf(Verdict.Valid.class);
        assertThat(record.headers().get("ce_signatureexpiry")).isNotEqualTo("never");
        RestoreRequested said = (RestoreRequested) event(record).data();
        assertThat(said.destination())
                .isEqualTo(new RestoreDestination.Directory("/srv/restored", true, 6543, null, true, null, true));
        assertThat(said.manifest()).isEqualTo("orders/1/manifest");
        assertThat(said.checks()).hasSize(1);

        RestoreId restore = RestoreId.of(id);
        broker.send(
                say(
                        restore,
                        "started",
                        new RestoreStarted(
                                restore,
                                story.backupId(),
                                new TargetId("orders"),
                                new SiteName("local"),
                                Instant.parse("2026-11-20T03:00:00Z"),
                                1,
                                "worker-1",
                                "lost",
                                "ops")),
                say(
                        restore,
                        "completed",
                        new RestoreCompleted(
                                restore,
                                story.backupId(),
                                new TargetId("orders"),
                                new SiteName("local"),
                                "/srv/restored",
                                "host=127.0.0.1 port=6543",
                                true,
                                4096,
                                Instant.parse("2026-11-20T03:00:00Z"),
                                Instant.parse("2026-11-20T03:01:00Z"),
                                List.of(new RestoreCompleted.Phase("fetch", 12.5)),
                                List.of(new RestoreCompleted.CheckResult("orders", "orders", "7", "7")),
                                null,
                                new RestoreCompleted.Comparison(4000, 96, 3),
                                new RestoreCompleted.RecoveredTo(
                                        2, "0/5000130", Instant.parse("2026-11-20T02:59:59.5Z"), null),
                                null,
                                List.of("/srv/restored.before-" + id),
                                List.of("the hook start-app failed: exit code 1"),
                                "/srv/restored.restore-report.json")));
        api().get("/api/backup/restore/" + id + "?wait=completed&timeout=20s")
                .then()
                .body("status", equalTo("completed"), "connection", equalTo("host=127.0.0.1 port=6543"))
                .body("directory", equalTo("/srv/restored"), "phases[0].seconds", equalTo(12.5f))
                .body("destination.keep_running", equalTo(true), "destination.port", equalTo(6543))
                .body("checks[0].value", equalTo("7"))
                .body("comparison.bytes_kept", equalTo(4000), "comparison.bytes_fetched", equalTo(96))
                .body("comparison.files_removed", equalTo(3))
                .body("recovered_to.lsn", equalTo("0/5000130"), "recovered_to.timeline", equalTo(2))
                .body("kept_aside", hasItems("/srv/restored.before-" + id))
                .body("warnings", hasItems("the hook start-app failed: exit code 1"))
                .body("report", equalTo("/srv/restored.restore-report.json"));
        api().get("/api/backup/restore").then().body("restores.restore_id", hasItems(id));
    }

    @Test
    void a_logical_backup_goes_into_a_database_and_can_be_stopped() {
        Story story = backup("logical");
        String id = api().body("""
                        {"backup_id": "%s", "into_database": "postgresql://ops@db2.example.org:6432/orders%%20new?sslmode=require",
                         "password": "env:DB2_PASSWORD", "source_database": "orders", "site": "west", "jobs": 4,
                         "schemas": ["odd; schema"], "tables": ["shop.Orders", "\\"a.b\\".\\"$(x) \\"\\"t\\"\\"\\""]}
                        """.formatted(story.backupId()))
                .post("/api/backup/restore")
                .then()
                .statusCode(202)
                .extract()
                .path("restore_id");
        RestoreRequested said = (RestoreRequested)
                event(Await.until(() -> record(new EventId(id)))).data();
        assertThat(said.site()).isEqualTo(new SiteName("west"));
        assertThat(said.destination())
                .isEqualTo(new RestoreDestination.Database(
                        "db2.example.org",
                        6432,
                        "ops",
                        "env:DB2_PASSWORD",
                        "orders new",
                        "orders",
                        "require",
                        List.of("odd; schema"),
                        List.of(
                                new RestoreDestination.Table("shop", "Orders"),
                                new RestoreDestination.Table("a.b", "$(x) \"t\"")),
                        4));

        api().post("/api/backup/restore/" + id + "/cancel").then().statusCode(202);
        Await.until(() -> assertThat(broker.records(Topic.RESTORE_REQUESTS.topicName()))
                .anySatisfy(record -> assertThat(event(record).data())
                        .isInstanceOfSatisfying(CancellationRequested.class, it -> {
                            assertThat(it.request()).isEqualTo(new EventId(id));
                            assertThat(valid(record)).isTrue();
                        })));
    }

    @Test
    void a_dry_run_is_asked_for_as_the_real_one_and_shows_what_would_be_done() {
        // given one over what is there, which nobody has to confirm, since nothing is changed
        Story story = backup("full");
        String id = order(story, ",\"delta\":true,\"dry_run\":true,\"verify_first\":true")
                .then()
                .statusCode(202)
                .extract()
                .path("restore_id");
        RestoreRequested said = (RestoreRequested)
                event(Await.until(() -> record(new EventId(id)))).data();
        assertThat(said.dryRun()).isTrue();
        assertThat(said.verifyFirst()).isTrue();

        // when the worker says what it found
        RestoreId restore = RestoreId.of(id);
        Plan plan = new Plan(
                "the backup's end",
                List.of(new RestorePlanned.Leg(1, "0/2000028", "0/2000100")),
                null,
                "/srv/restored",
                null,
                new RestorePlanned.Found("cluster", "7000000000000000001", "17", true, 4096L),
                1000,
                100_000_000,
                1L << 40,
                2.0);
        Failure refusal = new Failure(FailureCategory.DESTINATION, "a server is at work there", "stop it");
        broker.send(say(
                restore,
                "planned",
                new RestorePlanned(
                        restore,
                        story.backupId(),
                        new TargetId("orders"),
                        new SiteName("local"),
                        Instant.parse("2026-11-20T03:00:00Z"),
                        plan,
                        List.of(refusal))));

        // then that is shown, with how long it would take by what was measured
        api().get("/api/backup/restore/" + id + "?wait=completed&timeout=20s")
                .then()
                .body("status", equalTo("planned"), "dry_run", equalTo(true))
                .body(
                        "plan.found.system_identifier",
                        equalTo("7000000000000000001"),
                        "plan.found.running",
                        equalTo(true))
                .body("plan.path[0].to_lsn", equalTo("0/2000100"))
                .body("refusals[0].category", equalTo("destination"), "refusals[0].hint", equalTo("stop it"))
                .body("estimate.seconds", greaterThanOrEqualTo(2f));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "full    | ''                                          | directory is missing | absolute path",
                "full    | ,\"directory\":\"restored\"                 | absolute path        | /srv/restored  ",
                "full    | ,\"directory\":\"/srv/../etc\"              | absolute path        | /srv/restored  ",
                "full    | ,\"directory\":\"/\"                        | absolute path        | /srv/restored  ",
                "full    | ,\"directory\":\"/srv/x\",\"jobs\":2     | belong to a database | into_database",
                "logical | ,\"into_database\":\"postgresql://u@h/d\",\"tables\":[\"orders\"] | is not of two parts: orders | schema.table",
                "logical | ,\"into_database\":\"postgresql://u@h/d\",\"tables\":[null] | is no name | schema.table",
                "logical | ,\"into_database\":\"postgresql://u@h/d\",\"schemas\":[] | none or more than 200 | leave out",
                "logical | ,\"into_database\":\"postgresql://u@h/d\",\"schemas\":[\" \"] | no name | as they are",
                "logical | ,\"into_database\":\"postgresql://u@h/d\",\"jobs\":17 | jobs is not between 1 and 16 | one connection",
                "full    | ,\"directory\":\"/srv/x\",\"delta\":true   | has to be confirmed  | confirm",
                "full    | ,\"directory\":\"/srv/x\",\"safety_backup\":true | over what is there | leave it out",
                "logical | ,\"into_database\":\"postgresql://u@h/d\",\"safety_backup\":true | over what is there | create",
                "full    | ,\"directory\":\"/srv/x\",\"delta\":true,\"confirm\":\"order\" | another target | the backup is of orders",
                "logical | ,\"into_database\":\"postgresql://u@h/d\",\"dry_run\":true | full and incremental | verify",
                "full    | ,\"directory\":\"/srv/x\",\"port\":99999    | port                 | any free one",
                "full    | ,\"directory\":\"/srv/x\",\"site\":\"No Site\" | site              | local",
                "full    | ,\"directory\":\"/srv/x\",\"checks\":[{\"name\":\"a\"}] | a check     | sql",
                "full    | ,\"directory\":\"/srv/x\",\"tablespaces\":{\"16385\":null} | tablespaces.16385 | /srv/restored",
                "full    | ,\"directory\":\"/srv/x\",\"checks\":[{\"name\":\"a\",\"sql\":\"\\ud800\"}] | half | UTF-8",
                "full    | ,\"directory\":\"/srv/\\udc00\"                | half | UTF-8",
                "full    | ,\"directory\":\"/srv/x\",\"reason\":\"\\ud800\" | reason | printable",
                "full    | ,\"into_database\":\"postgresql://u@h/d\"   | source_database is missing | of the cluster",
                "full    | ,\"into_database\":\"postgresql://u@h/d\",\"source_database\":\"app\",\"jobs\":2 | jobs has no meaning | leave it out",
                "full    | ,\"into_database\":\"postgresql://u@h/d\",\"source_database\":\"app\",\"start\":true | into a database | without them",
                "full    | ,\"directory\":\"/srv/x\",\"tables\":[\"shop.orders\"] | belong to a database | into_database",
                "logical | ,\"directory\":\"/srv/x\"                   | into a database      | into_database",
                "logical | ''                                          | into_database        | postgresql://user@host",
                "logical | ,\"into_database\":\"postgresql://u:geheim@h/d\"          | password | reference",
                "logical | ,\"into_database\":\"postgresql://u@h/d?password=geheim\" | sslmode  | postgresql://",
                "logical | ,\"into_database\":\"jdbc:postgresql://h/d\" | postgresql://        | postgresql://user@host",
                "logical | ,\"into_database\":\"postgresql://u@h/d\",\"password\":\"geheim\" | reference | env:NAME",
            })
    void an_order_that_makes_no_sense_is_refused(String kind, String rest, String detail, String hint) {
        Story story = backup(kind);

        api().body("{\"backup_id\":\"" + story.backupId() + "\"" + rest + "}")
                .post("/api/backup/restore")
                .then()
                .statusCode(400)
                .body(not(containsString("geheim")))
                .body("detail", containsString(detail))
                .body(containsString(hint));
    }

    @Test
    void an_order_that_would_be_too_large_an_event_is_refused() {
        Story story = backup("full");
        String sql = "\\u0001".repeat(9_000);
        String check = "{\"name\":\"a\",\"sql\":\"" + sql + "\"}";

        order(story, ",\"checks\":[" + check + "," + check + "]").then().statusCode(202);
        order(story, ",\"checks\":[" + check + "," + check + "," + check + "]")
                .then()
                .statusCode(400)
                .body("detail", containsString("128 KiB"));
        order(story, ",\"requested_by\":\"" + "x".repeat(201) + "\"").then().statusCode(400);
    }

    @Test
    void the_address_of_a_database_may_be_one_of_ipv6() {
        DatabaseUrl url = DatabaseUrl.parse("postgresql://u@[::1]/db");

        assertThat(url.host()).isEqualTo("::1");
        assertThat(url.port()).isEqualTo(5432);
    }

    @Test
    void a_site_that_nobody_serves_is_refused_once_restore_workers_are_known() {
        Story story = backup("full");
        for (String site : List.of("local", "west")) {
            WorkerHeartbeat heartbeat =
                    new WorkerHeartbeat("restore-worker", "worker-" + site, site, "1", Instant.now());
            broker.send(codec.encode(
                    Event.first(EventId.derived(story.request().value(), site), "/test/1", Instant.now(), heartbeat)));
        }

        Await.until(() -> order(story, ",\"site\":\"east\"")
                .then()
                .statusCode(409)
                .body("detail", containsString("east"), "hint", containsString("local, west")));
        order(story, ",\"site\":\"west\"").then().statusCode(202);
    }

    @Test
    void only_a_backup_that_exists_and_is_whole_is_restored() {
        Story failed = Story.of("orders", "full");
        broker.send(failed.started(1), failed.failed());
        awaitStatus(failed, "failed");
        order(failed, "").then().statusCode(409).body("hint", containsString("verified"));
        order(Story.of("orders", "full"), "").then().statusCode(404);

        Story damaged = backup("full");
        broker.send(damaged.damaged());
        awaitStatus(damaged, "failed");
        order(damaged, "").then().statusCode(409).body("hint", containsString("accept_damage"));
        order(damaged, ",\"accept_damage\":true").then().statusCode(202);

        Story unread = backup("full");
        broker.send(unread.unread());
        Await.until(() -> api().get("/api/backup/" + unread.backupId())
                .then()
                .body("status", equalTo("completed"), "verification.status", equalTo("failed")));
        order(unread, "").then().statusCode(202);
    }

    @Test
    void an_unsigned_restore_request_does_not_show() {
        Story story = backup("full");
        EventId forged = EventId.derived(story.request().value(), "forged");
        RestoreRequested data = new RestoreRequested(
                new TargetId("orders"),
                story.backupId(),
                story.kind(),
                new RepositoryId("main"),
                "m",
                new SiteName("local"),
                new RestoreDestination.Directory("/etc", false, null, null, null),
                List.of(),
                false,
                null,
                null);
        broker.send(codec.encode(Event.first(forged, "/evil/1", Instant.now(), data)));
        Story after = backup("full");

        order(after, "").then().statusCode(202);
        api().get("/api/backup/restore/" + RestoreId.of(forged)).then().statusCode(404);
    }

    @Test
    void a_moment_is_part_of_what_is_signed_and_the_newest_backup_before_it_is_chosen() {
        Story story = backup("full");
        String id = recover("\"to_time\":\"2026-11-21 11:00:00+01:00\",\"exclusive\":true,\"timeline\":\"3\"")
                .statusCode(202)
                .extract()
                .path("restore_id");

        WireEvent record = Await.until(() -> record(new EventId(id)));
        assertThat(valid(record)).isTrue();
        RestoreRequested said = (RestoreRequested) event(record).data();
        assertThat(said.recoveryTarget())
                .isEqualTo(new RecoveryTarget.Time(
                        Instant.parse("2026-11-21T10:00:00Z"), true, new RecoveryTimeline("3")));
        assertThat(said.target()).isEqualTo(story.target());
        api().get("/api/backup/restore/" + id)
                .then()
                .body("recovery_target.type", equalTo("time"), "recovery_target.timeline", equalTo("3"));

        String latest = recover("\"latest\":true").statusCode(202).extract().path("restore_id");
        RestoreRequested all = (RestoreRequested)
                event(Await.until(() -> record(new EventId(latest)))).data();
        assertThat(all.recoveryTarget()).isEqualTo(new RecoveryTarget.Latest(null));
        recover("\"to_lsn\":\"0/2000100\"").statusCode(202);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"to_time\":\"2026-11-21T10:00:00\"      | 400 | zone              | 2026-11-21T10:00:00Z",
                "\"to_time\":\"2026-11-20T02:04:59Z\"     | 409 | comes before      | 0/2000100",
                "\"to_lsn\":\"0/20000FF\"                 | 409 | comes before      | 2026-11-20T02:05:00Z",
                "\"to_lsn\":\"here\"                      | 400 | no position       | 2/3A0001F8",
                "\"to_xid\":812                           | 400 | not known         | backup_id",
                "\"to_name\":\"before\"                   | 400 | not known         | backup_id",
                "\"to_xid\":812,\"latest\":true           | 400 | more than one     | to_xid",
                "\"latest\":true,\"exclusive\":true       | 400 | no meaning        | to_lsn",
                "\"latest\":true,\"timeline\":\"newest\"  | 400 | no timeline       | current",
                "\"exclusive\":true                       | 400 | moment is missing | to_time",
            })
    void a_moment_that_makes_no_sense_is_refused(String moment, int status, String what, String hint) {
        backup("full");

        recover(moment).statusCode(status).body("detail", containsString(what), "hint", containsString(hint));
    }

    @Test
    void a_backup_that_was_found_in_a_repository_is_said_once_and_can_be_restored() throws Exception {
        Story story = Story.of("orders", "full");
        String found = "{\"backups\":[" + new String(story.completed().data(), StandardCharsets.UTF_8) + "]}";

        api().body(found)
                .post("/api/backup/catalog/found")
                .then()
                .statusCode(200)
                .body("added", equalTo(1));
        api().body(found).post("/api/backup/catalog/found").then().body("added", equalTo(0), "known", equalTo(1));

        order(story, "").then().statusCode(202);
        Await.until(() -> assertThat(broker.records(Topic.EVENTS.topicName()))
                .anySatisfy(record -> assertThat(event(record).data())
                        .isInstanceOfSatisfying(
                                BackupCompleted.class,
                                said -> assertThat(said.backupId()).isEqualTo(story.backupId()))));
        api().body("{}").post("/api/backup/catalog/found").then().statusCode(400);
    }

    @Test
    void a_table_of_a_cluster_as_it_was_at_a_moment_goes_into_a_database() {
        Story story = backup("full");
        String id = api().body("""
                        {"target": "orders", "backup_id": "%s", "to_time": "2026-11-20T09:00:00Z",
                         "into_database": "postgresql://ops@db.example.org/app", "source_database": "app",
                         "tables": ["shop.orders"]}
                        """.formatted(story.backupId()))
                .post("/api/backup/restore")
                .then()
                .statusCode(202)
                .extract()
                .path("restore_id");

        RestoreRequested said = (RestoreRequested)
                event(Await.until(() -> record(new EventId(id)))).data();
        assertThat(said.kind()).isEqualTo(BackupKind.FULL);
        assertThat(said.recoveryTarget())
                .isEqualTo(new RecoveryTarget.Time(Instant.parse("2026-11-20T09:00:00Z"), null, null));
        assertThat(said.destination())
                .isEqualTo(new RestoreDestination.Database(
                        "db.example.org",
                        5432,
                        "ops",
                        null,
                        "app",
                        "app",
                        null,
                        null,
                        List.of(new RestoreDestination.Table("shop", "orders")),
                        null));
    }

    @Test
    void a_standby_follows_all_that_is_stored_and_is_left_running() {
        Story story = backup("full");
        String id = api().body(
                        "{\"backup_id\":\"" + story.backupId() + "\",\"directory\":\"/srv/standby\",\"standby\":true}")
                .post("/api/backup/restore")
                .then()
                .statusCode(202)
                .extract()
                .path("restore_id");
        RestoreRequested said = (RestoreRequested)
                event(Await.until(() -> record(new EventId(id)))).data();
        assertThat(said.recoveryTarget()).isEqualTo(new RecoveryTarget.Latest(null));
        assertThat(said.destination())
                .isEqualTo(new RestoreDestination.Directory("/srv/standby", true, null, null, null, true));

        api().body("{\"backup_id\":\"" + story.backupId()
                        + "\",\"directory\":\"/srv/standby\",\"standby\":true,\"to_time\":\"2026-11-21T10:00:00Z\"}")
                .post("/api/backup/restore")
                .then()
                .statusCode(400)
                .body("detail", containsString("follows all that is stored"));
    }

    @Test
    void hooks_are_asked_for_by_their_names() {
        Story story = backup("full");
        String id = order(story, ",\"hooks\":{\"before\":[\"stop-app\"],\"after\":[\"start-app\",\"tell\"]}")
                .then()
                .statusCode(202)
                .extract()
                .path("restore_id");
        RestoreRequested said = (RestoreRequested)
                event(Await.until(() -> record(new EventId(id)))).data();
        assertThat(said.hooks()).isEqualTo(new RestoreHooks(List.of("stop-app"), List.of("start-app", "tell")));

        order(story, ",\"hooks\":{\"before\":[\"/bin/sh -c reboot\"]}")
                .then()
                .statusCode(400)
                .body("detail", containsString("no hook's name"));
    }

    @Test
    void a_logical_backup_is_of_one_moment() {
        Story story = backup("logical");

        api().body("{\"backup_id\":\"" + story.backupId()
                        + "\",\"into_database\":\"postgresql://u@h/d\",\"latest\":true}")
                .post("/api/backup/restore")
                .then()
                .statusCode(400)
                .body("detail", containsString("of one moment"));
    }

    @Test
    void a_moment_is_looked_for_in_the_repository_that_the_log_goes_to() {
        // given: the newer backup lies where there is no log behind it
        Story withLog = Story.of("billing", "full");
        Story later = Story.of("billing", "full");
        broker.send(withLog.started(1), withLog.completed());
        broker.send(later.completedIn(new RepositoryId("cloud"), 600));
        awaitStatus(withLog, "completed");
        awaitStatus(later, "completed");

        // when
        String id = api().body("{\"target\":\"billing\",\"directory\":\"/srv/x\",\"latest\":true}")
                .post("/api/backup/restore/pitr")
                .then()
                .statusCode(202)
                .extract()
                .path("restore_id");

        // then
        RestoreRequested said = (RestoreRequested)
                event(Await.until(() -> record(new EventId(id)))).data();
        assertThat(said.backupId()).isEqualTo(withLog.backupId());
        assertThat(said.repository()).isEqualTo(new RepositoryId("main"));
    }

    private static ValidatableResponse recover(String moment) {
        return api().body("{\"target\":\"orders\",\"directory\":\"/srv/x\"," + moment + "}")
                .post("/api/backup/restore/pitr")
                .then();
    }

    private Story backup(String kind) {
        Story story = Story.of("orders", kind);
        broker.send(story.started(1), story.completed());
        awaitStatus(story, "completed");
        return story;
    }

    private static Response order(Story story, String rest) {
        return api().body("{\"backup_id\":\"" + story.backupId() + "\",\"directory\":\"/srv/x\"" + rest + "}")
                .post("/api/backup/restore");
    }

    private static void awaitStatus(Story story, String status) {
        Await.until(() -> api().get("/api/backup/" + story.backupId())
                .then()
                .statusCode(200)
                .body("status", equalTo(status)));
    }

    private WireEvent say(RestoreId restore, String what, EventData data) {
        return codec.encode(new Event<>(
                EventId.derived(restore.toString(), what),
                "/test/1",
                Instant.now(),
                new EventId(restore.toString()),
                null,
                null,
                data));
    }

    private WireEvent record(EventId id) {
        List<WireEvent> found = broker.records(Topic.RESTORE_REQUESTS.topicName()).stream()
                .filter(record -> id.value().equals(record.headers().get(WireEvent.ID)))
                .toList();
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    private Event<?> event(WireEvent record) {
        return ((Decoded.Known) codec.decode(record)).event();
    }

    private boolean valid(WireEvent record) {
        try {
            return key.check().check(record) instanceof Verdict.Valid;
        } catch (MissingKeyException e) {
            throw new AssertionError(e);
        }
    }

    private static RequestSpecification api() {
        return given().auth().oauth2(SchedulerFiles.TOKEN).contentType(ContentType.JSON);
    }
}

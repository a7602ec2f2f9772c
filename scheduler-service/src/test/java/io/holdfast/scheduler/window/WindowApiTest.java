package io.holdfast.scheduler.window;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.DrillId;
import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import io.holdfast.events.backup.BackupCompleted;
import io.holdfast.events.drill.DrillCompleted;
import io.holdfast.events.drill.DrillMeasures;
import io.holdfast.events.progress.FollowedStandby;
import io.holdfast.events.progress.WorkerHeartbeat;
import io.holdfast.events.restore.RestoreCompleted.Phase;
import io.holdfast.events.wal.WalArchived;
import io.holdfast.events.wal.WalGapDetected;
import io.holdfast.events.wal.WalGapHealed;
import io.holdfast.events.wal.WalInterrupted;
import io.holdfast.events.wal.WalResumed;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.scheduler.Await;
import io.holdfast.scheduler.SchedulerFiles;
import io.holdfast.scheduler.catalog.LogPosition;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.ServiceDatabase;
import io.holdfast.testing.ServiceSurroundings;
import io.holdfast.testing.Surrounding;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
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
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(ServiceSurroundings.class)
@WithTestResource(SchedulerFiles.class)
class WindowApiTest {
    private static final TargetId BILLING = new TargetId("billing");
    private static final RepositoryId MAIN = new RepositoryId("main");
    private static final Instant BEGIN = Instant.parse("2026-11-20T02:00:00Z");

    @Surrounding
    KafkaBroker broker;

    @Surrounding
    ServiceDatabase database;

    private final EventCodec codec = new EventCodec();

    /** Of this test alone; other tests tell of the same targets. */
    private final String cluster = Long.toString(ThreadLocalRandom.current().nextLong(1L << 61, Long.MAX_VALUE));

    private final String name = UUID.randomUUID().toString();

    @Test
    void a_window_is_cut_by_a_gap_and_goes_on_behind_the_backup_that_heals_it() {
        // given a backup, log behind it, and a gap
        broker.send(backup("b1", "0/2000028", "0/2000100", 60), archived("0/2000100", "0/5000000", 120), gap());

        Await.until(() -> {
            JsonPath window = window();
            assertThat(window.getString("from.lsn")).isEqualTo("0/2000100");
            assertThat(window.getString("to.lsn")).isEqualTo("0/4000000");
            assertThat(window.getString("to.time")).isEqualTo(at(100).toString());
            assertThat(window.getString("rpo_seconds")).isNotNull().doesNotStartWith("-");
            assertThat(window.getString("archived_until")).isEqualTo(at(120).toString());
            assertThat(window.getList("holes")).hasSize(1);
            assertThat(window.getBoolean("holes[0].healed")).isFalse();
            assertThat(window.getString("holes[0].since")).isEqualTo(at(130).toString());
            assertThat(window.getString("holes[0].reason")).isEqualTo("damaged");
        });

        // when it is healed, and a drill passes
        broker.send(
                archived("0/5000000", "0/7000000", 180),
                backup("b2", "0/6000028", "0/6000100", 170),
                healed(backupId("b2")),
                drill("b2"));

        // then moments on both sides can be reached, and that is proven
        Await.until(() -> {
            JsonPath window = window();
            assertThat(window.getString("from.lsn")).isEqualTo("0/2000100");
            assertThat(window.getString("to.lsn")).isEqualTo("0/7000000");
            assertThat(window.getString("to.time")).isEqualTo(at(180).toString());
            assertThat(window.getList("stretches")).hasSize(2);
            assertThat(window.getBoolean("holes[0].healed")).isTrue();
            assertThat(window.getString("holes[0].healed_by"))
                    .isEqualTo(backupId("b2").toString());
            assertThat(window.getString("drill.rto_seconds")).isEqualTo("12.5");
            assertThat(window.getString("drill.backup_id"))
                    .isEqualTo(backupId("b2").toString());
        });
    }

    @Test
    void events_in_any_order_and_a_catalog_that_was_dropped_end_in_the_same_window() {
        List<WireEvent> events = new ArrayList<>(List.of(
                backup("b1", "0/2000028", "0/2000100", 60),
                archived("0/2000100", "0/3000000", 90),
                archived("0/3000000", "0/5000000", 120),
                gap(),
                archived("0/5000000", "0/7000000", 180),
                backup("b2", "0/6000028", "0/6000100", 170),
                healed(backupId("b2"))));
        events.addAll(List.copyOf(events));
        Collections.shuffle(events, new Random(1));

        broker.send(events.toArray(WireEvent[]::new));

        Await.until(() -> {
            assertThat(window().getList("stretches")).hasSize(2);
            assertThat(window().getString("to.lsn")).isEqualTo("0/7000000");
            assertThat(window().getString("holes[0].healed_by")).isNotNull();
            assertThat(window().getString("holes[0].since")).isNotNull();
        });
        Map<String, Object> before = withoutAge();
        assertThat(database.query("select count(*) from catalog.wal_range where system_identifier = '" + cluster + "'"))
                .isEqualTo("1");

        database.execute("drop schema catalog cascade");

        Await.until(() -> assertThat(withoutAge()).isEqualTo(before));
    }

    @Test
    void a_window_right_after_a_promotion_has_the_backups_from_before_it() {
        WalArchived first = new WalArchived(BILLING, MAIN, cluster, 2, "0/3000000", "0/5000000", 2, 32, at(180));
        broker.send(
                backup("b1", "0/2000028", "0/2000100", 60),
                archived("0/2000100", "0/3000000", 120),
                backup("b2", "0/3100028", "0/3200000", 130),
                say("promoted", first.withForkedFrom(new WalArchived.TimelineFork(1, "0/3800000"))));

        Await.until(() -> {
            assertThat(window().getInt("timeline")).isEqualTo(2);
            assertThat(window().getString("to.lsn")).isEqualTo("0/5000000");
            assertThat(window().getList("stretches")).hasSize(1);
            assertThat(window().getInt("stretches[0].backups")).isEqualTo(2);
        });
    }

    @Test
    void log_that_does_not_arrive_is_shown_until_it_does() {
        Failure failure = new Failure(FailureCategory.REPOSITORY_UNAVAILABLE, "no answer", "look at the repository");
        broker.send(
                backup("b1", "0/2000028", "0/2000100", 60),
                say("interrupted", new WalInterrupted(BILLING, MAIN, at(200), at(190), failure)));
        Await.until(() -> {
            assertThat(window().getString("interrupted_since")).isEqualTo(at(200).toString());
            assertThat(window().getString("interruption.message")).isEqualTo("no answer");
        });

        broker.send(say("resumed", new WalResumed(BILLING, MAIN, at(200), at(260))));

        Await.until(() -> assertThat(window().getString("interrupted_since")).isNull());
    }

    @Test
    void pieces_of_log_that_were_found_in_a_repository_are_said_once() {
        broker.send(backup("b1", "0/2000028", "0/2000100", 60));
        String found = "{\"wal\":["
                + new String(archived("0/2000100", "0/5000000", 120).data(), StandardCharsets.UTF_8) + "]}";

        int first = found(found).extract().path("pieces");
        int again = found(found).extract().path("pieces");

        assertThat(first).isEqualTo(1);
        assertThat(again).isZero();
        Await.until(() -> assertThat(window().getString("to.lsn")).isEqualTo("0/5000000"));
    }

    @Test
    void a_standby_is_told_with_how_far_it_is_behind_what_is_stored() {
        // given log that is stored, and a worker that answers one standby which has some of it, and one that it cannot
        // ask
        broker.send(backup("b1", "0/2000028", "0/2000100", 60), archived("0/2000100", "0/5000000", 120));
        String directory = "/srv/standby/" + name;
        Instant now = Instant.now();
        broker.send(say(
                "heartbeat",
                new WorkerHeartbeat(
                        "restore-worker",
                        "worker-" + name,
                        "local",
                        "1",
                        now,
                        List.of(
                                new FollowedStandby(
                                        BILLING, MAIN, directory, "0/2000200", at(70), now.minusSeconds(30), null),
                                new FollowedStandby(
                                        BILLING,
                                        MAIN,
                                        directory + "-2",
                                        null,
                                        null,
                                        now.minusSeconds(90),
                                        "another worker answers it")))));

        Await.until(() -> {
            assertThat(window().getString("archived_to")).isEqualTo("0/5000000");
            String stored = get("/api/backup/window?target=billing")
                    .extract()
                    .jsonPath()
                    .getString("windows.find { it.repository == 'main' && it.archived_to != null }.archived_to");
            JsonPath known = standby(directory);
            assertThat(known.getString("lsn")).isEqualTo("0/2000200");
            assertThat(known.getString("last_transaction")).isEqualTo(at(70).toString());
            assertThat(known.getDouble("behind_seconds")).isGreaterThanOrEqualTo(30);
            assertThat(known.getLong("behind_bytes"))
                    .isEqualTo(LogPosition.of(stored).orElseThrow().bytes() - 0x2000200)
                    .isPositive();
            assertThat(known.getString("worker")).isEqualTo("worker-" + name);
            assertThat(known.getString("trouble")).isNull();
            JsonPath unknown = standby(directory + "-2");
            assertThat(unknown.getString("behind_bytes")).isNull();
            assertThat(unknown.getString("trouble")).isEqualTo("another worker answers it");
        });
        get("/api/backup/standby?target=orders").statusCode(200).body(not(containsString(directory)));
    }

    private static JsonPath standby(String directory) {
        List<Map<String, Object>> all = get("/api/backup/standby?target=billing")
                .statusCode(200)
                .extract()
                .jsonPath()
                .getList("standbys");
        return JsonPath.from(json(all.stream()
                .filter(each -> directory.equals(each.get("directory")))
                .findFirst()
                .orElse(Map.of())));
    }

    @Test
    void every_target_has_a_window_though_nothing_was_ever_backed_up_and_one_that_is_not_defined_is_not_found() {
        Await.until(() -> {
            List<Map<String, Object>> all = get("/api/backup/window")
                    .statusCode(200)
                    .extract()
                    .jsonPath()
                    .getList("windows");
            assertThat(all)
                    .anySatisfy(window ->
                            assertThat(window).containsEntry("target", "orders").containsEntry("repository", "main"))
                    .anySatisfy(window -> assertThat(window)
                            .containsEntry("target", "billing")
                            .containsEntry("repository", "cloud"));
        });
        get("/api/backup/window?target=bililng").statusCode(404).body("hint", containsString("billing"));
    }

    private Map<String, Object> withoutAge() {
        Map<String, Object> window = new TreeMap<>(window().getMap("$"));
        window.remove("rpo_seconds");
        return window;
    }

    private JsonPath window() {
        List<Map<String, Object>> all = get("/api/backup/window?target=billing")
                .statusCode(200)
                .extract()
                .jsonPath()
                .getList("windows");
        Map<String, Object> own = all.stream()
                .filter(each -> cluster.equals(each.get("system_identifier")))
                .findFirst()
                .orElse(Map.of());
        return JsonPath.from(json(own));
    }

    private static String json(Map<String, Object> map) {
        try {
            return EventCodec.newJsonMapper().writeValueAsString(map);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ValidatableResponse get(String path) {
        return given().auth().oauth2(SchedulerFiles.TOKEN).get(path).then();
    }

    private static ValidatableResponse found(String body) {
        return given().auth()
                .oauth2(SchedulerFiles.TOKEN)
                .contentType("application/json")
                .body(body)
                .post("/api/backup/catalog/found")
                .then()
                .statusCode(200);
    }

    private WireEvent backup(String id, String start, String stop, int second) {
        EventId request = new EventId(backupId(id).toString());
        BackupCompleted completed = new BackupCompleted(
                backupId(id),
                BILLING,
                BackupKind.FULL,
                MAIN,
                "billing/1/manifest",
                4096,
                1024,
                at(0),
                at(second),
                1,
                start,
                stop,
                cluster,
                "17.11",
                null,
                null,
                null,
                null,
                null,
                null,
                null);
        return codec.encode(
                new Event<>(EventId.derived(name, id), "/test/1", at(second), request, null, null, completed));
    }

    private BackupId backupId(String id) {
        return BackupId.of(EventId.derived(name, "backup", id));
    }

    private WireEvent archived(String from, String to, int until) {
        return say("archived " + from, new WalArchived(BILLING, MAIN, cluster, 1, from, to, 1, 16, at(until)));
    }

    private WireEvent gap() {
        return say(
                "gap",
                new WalGapDetected(
                        BILLING,
                        MAIN,
                        cluster,
                        1,
                        "0/4000000",
                        "0/5000000",
                        "damaged",
                        null,
                        "one segment is damaged",
                        at(100),
                        at(130)));
    }

    private WireEvent healed(@Nullable BackupId by) {
        EventId gap = EventId.derived(name, "gap");
        return codec.encode(new Event<>(
                EventId.derived(name, "healed"),
                "/test/1",
                at(175),
                gap,
                gap,
                null,
                new WalGapHealed(BILLING, MAIN, cluster, 1, "0/4000000", "0/5000000", by, at(170), at(175))));
    }

    private WireEvent drill(String backup) {
        DrillId drill = DrillId.of(EventId.derived(name, "drill").asUuid().toString());
        EventId request = new EventId(drill.toString());
        return codec.encode(new Event<>(
                EventId.derived(name, "drill completed"),
                "/test/1",
                at(300),
                request,
                request,
                null,
                new DrillCompleted(
                        drill,
                        BILLING,
                        MAIN,
                        new SiteName("local"),
                        backupId(backup),
                        null,
                        1,
                        at(290),
                        at(300),
                        new DrillMeasures(List.of(new Phase("fetch", 8)), 12.5, 4096L, null, at(180), 3.5),
                        List.of(),
                        null)));
    }

    private WireEvent say(String id, EventData data) {
        return codec.encode(Event.first(EventId.derived(name, id), "/test/1", at(0), data));
    }

    private static Instant at(long seconds) {
        return BEGIN.plusSeconds(seconds);
    }
}

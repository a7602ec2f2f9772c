package io.holdfast.restore.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.events.BackupId;
import io.holdfast.events.BackupKind;
import io.holdfast.events.DrillId;
import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.RestoreId;
import io.holdfast.events.SiteName;
import io.holdfast.events.TargetId;
import io.holdfast.events.Topic;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.drill.DrillCompleted;
import io.holdfast.events.drill.DrillFailed;
import io.holdfast.events.drill.DrillReason;
import io.holdfast.events.drill.DrillStarted;
import io.holdfast.events.progress.JobProgressed;
import io.holdfast.events.request.CancellationRequested;
import io.holdfast.events.request.DrillChecks;
import io.holdfast.events.request.DrillPick;
import io.holdfast.events.request.DrillRequested;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.request.RestoreDestination;
import io.holdfast.events.request.RestoreHooks;
import io.holdfast.events.request.RestoreRequested;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.events.restore.RestoreCancelled;
import io.holdfast.events.restore.RestoreCompleted;
import io.holdfast.events.restore.RestoreFailed;
import io.holdfast.events.restore.RestorePlanned;
import io.holdfast.events.restore.RestoreStarted;
import io.holdfast.events.signing.EventSigner;
import io.holdfast.events.wire.Decoded;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.repository.Repository;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreAddress;
import io.holdfast.restore.SourceCluster;
import io.holdfast.runtime.jobs.Jobs;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.PostgresServer;
import io.holdfast.testing.Surrounding;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(RestoreProfile.class)
// The test resource sets the fields.
@SuppressWarnings("NullAway.Init")
class RestoreJobTest {
    private static final TargetId ORDERS = new TargetId("orders");
    private static final RepositoryId MAIN = new RepositoryId("main");
    private static final BackupId BACKUP = BackupId.of("00000000-0000-7000-8000-0000000000b1");
    private static final SqlCheck ALL_THERE = new SqlCheck("all there", null, "select count(*) from item", "100");

    @Surrounding
    KafkaBroker broker;

    @Surrounding
    EventSigner controlPlane;

    @Inject
    EventCodec codec;

    @Inject
    Jobs jobs;

    @Inject
    StandbyEngine standbys;

    @ConfigProperty(name = RestoreFolder.SETTING)
    Path folder;

    @BeforeEach
    void a_backup_in_a_defined_repository() throws SQLException, IOException {
        Path allowed = folder.resolve("allowed");
        if (Files.exists(allowed)) {
            return;
        }
        Path store = Files.createDirectories(folder.resolve("repository"));
        Path work = Files.createDirectories(folder.resolve("source-work"));
        Files.createDirectories(allowed);
        Files.writeString(folder.resolve("passphrase"), "a passphrase");
        try (Repository repository = Repository.openOrInitialise(
                        StoreAddress.parse("file://" + store).connect(StoreAccess.NONE), new UUID(1, 2));
                PostgresServer server = PostgresServer.of(17).start()) {
            server.execute("postgres", "create table item as select generate_series(1, 100) as id");
            SourceCluster.backUp(
                    server, repository, new io.holdfast.repository.BackupId(BACKUP.toString()), work, connection -> {});
        }
        broker.send(signed(EventId.derived("definition"), new RepositoryDefined(MAIN, 1, "file://" + store)));
    }

    @Test
    void a_signed_request_for_this_site_ends_with_a_completed_restore() {
        // given a signed request
        EventId id = EventId.derived("completes");
        Path into = folder.resolve("allowed/completes");

        // when it arrives, twice
        WireEvent request = signed(id, request(into, "lab", ALL_THERE));
        broker.send(request, request);

        // then the restore is started and completed, once, with what was found
        RestoreCompleted completed = awaitEvent(RestoreCompleted.class, is(id));
        assertThat(completed.running()).isFalse();
        assertThat(completed.connection()).isNull();
        assertThat(completed.directory()).isEqualTo(into.toString());
        assertThat(completed.checks())
                .contains(new RestoreCompleted.CheckResult("all there", "postgres", "100", "100"));
        assertThat(completed.phases())
                .extracting(RestoreCompleted.Phase::name)
                .containsExactly("fetch", "start", "recover", "check", "stop");
        assertThat(events(RestoreStarted.class).filter(each -> RestoreId.of(id).equals(each.restoreId())))
                .singleElement()
                .satisfies(started -> assertThat(started.attempt()).isEqualTo(1));
        assertThat(into.resolve("PG_VERSION")).exists();
    }

    @Test
    void a_request_without_signature_and_one_for_another_site_cause_nothing() {
        // given neither is for us, and one behind them is
        EventId unsigned = EventId.derived("unsigned");
        EventId elsewhere = EventId.derived("elsewhere");
        EventId refused = EventId.derived("outside");

        // when they arrive
        broker.send(
                codec.encode(first(unsigned, request(folder.resolve("allowed/unsigned"), "lab", ALL_THERE))),
                signed(elsewhere, request(folder.resolve("allowed/elsewhere"), "moon", ALL_THERE)),
                signed(refused, request(folder.resolve("outside"), "lab", ALL_THERE)));

        // then the one behind them is answered, the unsigned one is a dead letter, and nothing was written
        RestoreFailed failed = awaitEvent(RestoreFailed.class, is(refused));
        assertThat(failed.failure().category()).isEqualTo(FailureCategory.DESTINATION);
        assertThat(failed.failure().hint()).contains("HOLDFAST_RESTORE_DIRECTORIES");
        assertThat(failed.attempts()).isEqualTo(1);
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(broker.records(Topic.DEAD_LETTERS.topicName()))
                        .anySatisfy(letter -> assertThat(letter.headers()).containsValue("refused: not signed")));
        assertThat(events(RestoreStarted.class).map(RestoreStarted::restoreId))
                .doesNotContain(RestoreId.of(unsigned), RestoreId.of(elsewhere));
        assertThat(folder.resolve("allowed/unsigned")).doesNotExist();
        assertThat(folder.resolve("outside")).doesNotExist();
    }

    @Test
    void a_backup_without_encryption_in_a_repository_that_encrypts_is_restored_only_where_that_is_accepted() {
        // given a definition that asks for encryption, of the repository with an unencrypted backup
        RepositoryId encrypting = new RepositoryId("encrypting");
        RepositoryDefined.Encryption encryption = new RepositoryDefined.Encryption(
                List.of("env:PUBLIC"), List.of(), null, "file:" + folder.resolve("passphrase"), "env:INDEX");
        broker.send(signed(
                EventId.derived("encrypting"),
                new RepositoryDefined(
                        encrypting, 1, "file://" + folder.resolve("repository"), null, null, null, encryption)));
        EventId refused = EventId.derived("unencrypted");
        EventId accepted = EventId.derived("unencrypted, accepted");

        // when it is asked for, and then with that accepted
        broker.send(
                signed(refused, from(encrypting, folder.resolve("allowed/unencrypted"), null)),
                signed(accepted, from(encrypting, folder.resolve("allowed/accepted"), true)));

        // then
        RestoreFailed failed = awaitEvent(RestoreFailed.class, is(refused));
        assertThat(failed.failure().category()).isEqualTo(FailureCategory.REFUSED);
        assertThat(failed.failure().message()).contains("is not encrypted");
        assertThat(failed.failure().hint()).contains("--accept-unencrypted");
        assertThat(folder.resolve("allowed/unencrypted")).doesNotExist();
        awaitEvent(RestoreCompleted.class, is(accepted));
        assertThat(folder.resolve("allowed/accepted/PG_VERSION")).exists();
    }

    @Test
    void hooks_run_around_a_restore_and_are_told() throws IOException {
        // given services that one hook stops and another starts
        Path noted = folder.resolve("noted-around");
        hook(
                "stop-app",
                "echo \"$HOLDFAST_HOOK $HOLDFAST_TARGET $(ls -d $HOLDFAST_DIRECTORY/PG_VERSION 2>&1 >&-)\" >> "
                        + noted);
        hook(
                "start-app",
                "echo \"$HOLDFAST_HOOK $HOLDFAST_OUTCOME $(cat $HOLDFAST_DIRECTORY/PG_VERSION)\" >> " + noted);
        EventId id = EventId.derived("hooked");
        Path into = folder.resolve("allowed/hooked");

        broker.send(signed(id, hooked(into, List.of("stop-app"), List.of("start-app"))));

        // then one ran before anything was there, the other when all was
        RestoreCompleted completed = awaitEvent(RestoreCompleted.class, is(id));
        assertThat(Files.readAllLines(noted)).hasSize(2).satisfies(lines -> {
            assertThat(lines.getFirst()).startsWith("before orders").contains("No such file");
            assertThat(lines.getLast()).isEqualTo("after completed 17");
        });
        assertThat(completed.phases())
                .extracting(RestoreCompleted.Phase::name)
                .containsExactly("before", "fetch", "start", "recover", "check", "stop", "after");
        assertThat(completed.checks())
                .contains(
                        new RestoreCompleted.CheckResult("hook stop-app", null, "exit code 0", null),
                        new RestoreCompleted.CheckResult("hook start-app", null, "exit code 0", null));
    }

    @Test
    void a_hook_that_fails_before_a_restore_ends_it_with_nothing_touched_and_those_after_run() throws IOException {
        Path noted = folder.resolve("noted-refusing");
        hook("refuse", "echo 'people are still working'; exit 9");
        hook("start-again", "echo \"$HOLDFAST_HOOK $HOLDFAST_OUTCOME\" >> " + noted);
        EventId id = EventId.derived("refused by a hook");
        Path into = folder.resolve("allowed/refused-by-a-hook");

        broker.send(signed(id, hooked(into, List.of("refuse"), List.of("start-again"))));

        RestoreFailed failed = awaitEvent(RestoreFailed.class, is(id));
        assertThat(failed.failure().category()).isEqualTo(FailureCategory.REFUSED);
        assertThat(failed.failure().message()).contains("refuse", "exit code 9", "people are still working");
        assertThat(failed.attempts()).isEqualTo(1);
        assertThat(into).doesNotExist();
        assertThat(Files.readAllLines(noted)).containsExactly("after failed");
        assertThat(folder.resolve("work/hooks")).isEmptyDirectory();
    }

    @Test
    void a_hook_that_is_not_there_is_refused_and_no_other_runs() throws IOException {
        Path noted = folder.resolve("noted-absent");
        hook("note", "echo ran >> " + noted);
        EventId id = EventId.derived("absent hook");

        broker.send(
                signed(id, hooked(folder.resolve("allowed/absent-hook"), List.of("note", "absent"), List.of("note"))));

        RestoreFailed failed = awaitEvent(RestoreFailed.class, is(id));
        assertThat(failed.failure().category()).isEqualTo(FailureCategory.CONFIGURATION);
        assertThat(failed.failure().message()).contains("absent");
        assertThat(noted).doesNotExist();
    }

    @Test
    void a_standby_is_left_running_and_answered_from_then_on() throws IOException {
        EventId id = EventId.derived("standby");
        Path into = folder.resolve("allowed/standby");
        RestoreRequested like = request(into, "lab", ALL_THERE);

        broker.send(signed(
                id,
                new RestoreRequested(
                        like.target(),
                        like.backupId(),
                        like.kind(),
                        like.repository(),
                        like.manifest(),
                        like.site(),
                        new RestoreDestination.Directory(into.toString(), true, null, null, null, true),
                        like.checks(),
                        false,
                        null,
                        null,
                        null,
                        new RecoveryTarget.Latest(null))));

        RestoreCompleted completed = awaitEvent(RestoreCompleted.class, is(id));
        try {
            assertThat(completed.running()).isTrue();
            assertThat(completed.checks())
                    .contains(
                            new RestoreCompleted.CheckResult("is a standby", "template1", "t", "t"),
                            new RestoreCompleted.CheckResult("all there", "postgres", "100", "100"));
            assertThat(into.resolve("standby.signal")).exists();
            assertThat(standbys.standbys().followed())
                    .anySatisfy(
                            each -> assertThat(each.standby().dataDirectory()).isEqualTo(into.toString()));
        } finally {
            List<String> lock = Files.readAllLines(into.resolve("postmaster.pid"));
            ProcessHandle.of(Long.parseLong(lock.getFirst())).ifPresent(ProcessHandle::destroy);
        }
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(into.resolve("postmaster.pid")).doesNotExist());
    }

    private void hook(String name, String script) throws IOException {
        Path hook = Files.createDirectories(folder.resolve("hooks")).resolve(name);
        Files.writeString(hook, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private RestoreRequested hooked(Path into, List<String> before, List<String> after) {
        RestoreRequested like = request(into, "lab", ALL_THERE);
        return new RestoreRequested(
                like.target(),
                like.backupId(),
                like.kind(),
                like.repository(),
                like.manifest(),
                like.site(),
                like.destination(),
                like.checks(),
                false,
                null,
                null,
                null,
                null,
                null,
                null,
                new RestoreHooks(before, after));
    }

    @Test
    void a_dry_run_says_what_would_be_done_and_changes_nothing() {
        // given one into a fresh directory, one into one that is in use, and one of a backup that is not there
        EventId planned = EventId.derived("planned");
        EventId occupied = EventId.derived("occupied");
        EventId absent = EventId.derived("absent");
        Path into = folder.resolve("allowed/planned");

        // when they arrive
        broker.send(
                signed(planned, looking(BACKUP, into)),
                signed(occupied, looking(BACKUP, folder.resolve("allowed"))),
                signed(absent, looking(BackupId.of("00000000-0000-7000-8000-0000000000b9"), into)));

        // then each is answered, with a plan or with what it would be refused for
        RestorePlanned plan = awaitEvent(RestorePlanned.class, is(planned));
        assertThat(plan.refusals()).isEmpty();
        assertThat(plan.plan())
                .isNotNull()
                .extracting(RestorePlanned.Plan::directory)
                .isEqualTo(into.toString());
        RestorePlanned refused = awaitEvent(RestorePlanned.class, is(occupied));
        assertThat(refused.refusals())
                .singleElement()
                .satisfies(failure -> assertThat(failure.category()).isEqualTo(FailureCategory.DESTINATION));
        RestorePlanned impossible = awaitEvent(RestorePlanned.class, is(absent));
        assertThat(impossible.plan()).isNull();
        assertThat(impossible.refusals())
                .singleElement()
                .satisfies(failure -> assertThat(failure.category()).isEqualTo(FailureCategory.BACKUP_NOT_FOUND));
        assertThat(events(RestoreStarted.class).map(RestoreStarted::restoreId))
                .doesNotContain(RestoreId.of(planned), RestoreId.of(occupied), RestoreId.of(absent));
        assertThat(into).doesNotExist();
    }

    @Test
    void what_is_needed_is_read_before_anything_is_touched_where_that_is_wanted() {
        EventId id = EventId.derived("verified first");
        RestoreRequested like = request(folder.resolve("allowed/verified"), "lab", ALL_THERE);

        broker.send(signed(id, with(like, like.backupId(), null, true)));

        assertThat(awaitEvent(RestoreCompleted.class, is(id)).phases())
                .extracting(RestoreCompleted.Phase::name)
                .containsExactly("verify", "fetch", "start", "recover", "check", "stop");
    }

    private RestoreRequested looking(BackupId backup, Path into) {
        return with(request(into, "lab", ALL_THERE), backup, true, null);
    }

    private static RestoreRequested with(
            RestoreRequested like, BackupId backup, @Nullable Boolean dryRun, @Nullable Boolean verifyFirst) {
        return new RestoreRequested(
                like.target(),
                backup,
                like.kind(),
                like.repository(),
                like.manifest(),
                like.site(),
                like.destination(),
                like.checks(),
                false,
                like.reason(),
                like.requestedBy(),
                null,
                null,
                dryRun,
                verifyFirst,
                null);
    }

    private RestoreRequested from(RepositoryId repository, Path into, @Nullable Boolean acceptUnencrypted) {
        RestoreRequested like = request(into, "lab", ALL_THERE);
        return new RestoreRequested(
                like.target(),
                like.backupId(),
                like.kind(),
                repository,
                like.manifest(),
                like.site(),
                like.destination(),
                like.checks(),
                false,
                like.reason(),
                like.requestedBy(),
                acceptUnencrypted,
                like.recoveryTarget(),
                null,
                null,
                null);
    }

    @Test
    void a_job_of_another_site_on_the_same_database_is_left_to_that_sites_workers() {
        // given another site's worker took a request in, into the database that is ours as well
        EventId theirs = EventId.derived("theirs");
        Path into = folder.resolve("allowed/theirs");
        submit(new SiteName("moon"), first(theirs, request(into, "moon", ALL_THERE)));

        // when our worker has done a job that came after it
        EventId ours = EventId.derived("ours");
        broker.send(signed(ours, request(folder.resolve("allowed/ours"), "lab", ALL_THERE)));
        awaitEvent(RestoreCompleted.class, is(ours));

        // then the other one waits still
        assertThat(RestoreJobs.kindAt(new SiteName("moon")).name())
                .isNotEqualTo(RestoreJobs.kindAt(new SiteName("lab")).name());
        assertThat(events(RestoreStarted.class).map(RestoreStarted::restoreId)).doesNotContain(RestoreId.of(theirs));
        assertThat(into).doesNotExist();
    }

    @Test
    void a_job_that_is_not_this_sites_fails_before_anything_is_written() {
        // given a request for another site among our jobs
        EventId id = EventId.derived("astray");
        Path into = folder.resolve("allowed/astray");

        // when it is picked
        submit(new SiteName("lab"), first(id, request(into, "moon", ALL_THERE)));

        // then it fails, for a reason that does not pass
        RestoreFailed failed = awaitEvent(RestoreFailed.class, is(id));
        assertThat(failed.failure().category()).isEqualTo(FailureCategory.CONFIGURATION);
        assertThat(failed.failure().message()).contains("moon").contains("lab");
        assertThat(failed.attempts()).isEqualTo(1);
    }

    @Test
    void of_a_request_that_came_too_late_its_own_site_says_that_it_failed() {
        // given two requests that the control plane signed, and that have expired, the second for this site
        EventId elsewhere = EventId.derived("late elsewhere");
        EventId here = EventId.derived("late here");
        Path into = folder.resolve("allowed/late");

        // when they arrive
        broker.send(
                controlPlane.sign(codec.encode(first(elsewhere, request(into, "moon", null))), Duration.ofMinutes(-1)),
                controlPlane.sign(codec.encode(first(here, request(into, "lab", null))), Duration.ofMinutes(-1)));

        // then whoever waits learns that it will not happen
        RestoreFailed failed = awaitEvent(RestoreFailed.class, is(here));
        assertThat(failed.failure().category()).isEqualTo(FailureCategory.REFUSED);
        assertThat(failed.failure().hint()).startsWith("Ask again");
        assertThat(failed.attempts()).isZero();
        assertThat(events(RestoreFailed.class).filter(is(elsewhere))).isEmpty();
        assertThat(into).doesNotExist();
    }

    @Test
    void a_signed_drill_ends_with_what_was_measured_and_found_and_leaves_only_its_report() throws IOException {
        // given one whose checks hold, one whose do not, and one that nobody signed
        EventId passes = EventId.derived("drill");
        EventId fails = EventId.derived("drill that fails");
        EventId unsigned = EventId.derived("drill of a stranger");

        // when they arrive
        broker.send(
                codec.encode(first(unsigned, drill("100"))), signed(passes, drill("100")), signed(fails, drill("101")));

        // then
        DrillCompleted completed =
                awaitEvent(DrillCompleted.class, event -> event.drillId().equals(DrillId.of(passes)));
        assertThat(completed.backupId()).isEqualTo(BACKUP);
        assertThat(completed.measures().rtoSeconds()).isPositive();
        assertThat(folder.resolve("repository").resolve(completed.report() + ".html"))
                .content()
                .contains("brought back");
        DrillFailed failed =
                awaitEvent(DrillFailed.class, event -> event.drillId().equals(DrillId.of(fails)));
        assertThat(failed.reason()).isEqualTo(DrillReason.ASSERTION);
        assertThat(failed.failure().message()).contains("all there");
        assertThat(failed.attempts()).isEqualTo(1);
        assertThat(failed.report()).isNotNull();
        assertThat(events(DrillStarted.class).map(DrillStarted::drillId)).doesNotContain(DrillId.of(unsigned));
        try (var left = Files.list(folder.resolve("work/drills"))) {
            assertThat(left).isEmpty();
        }
    }

    private static DrillRequested drill(String expected) {
        return new DrillRequested(
                ORDERS,
                MAIN,
                new SiteName("lab"),
                null,
                null,
                DrillPick.NEWEST,
                7,
                new DrillChecks(
                        List.of(new SqlCheck("all there", null, "select count(*) from item", expected)),
                        List.of(),
                        List.of(),
                        List.of(),
                        null),
                null,
                "test",
                "ops",
                null);
    }

    @Test
    void a_cancelled_restore_leaves_nothing_behind() {
        // given a restore that is at its checks, one of which takes for ever
        EventId id = EventId.derived("cancelled");
        Path into = folder.resolve("allowed/cancelled");
        broker.send(signed(id, request(into, "lab", new SqlCheck("sleep", null, "select pg_sleep(3600)", null))));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> progress()
                        .anyMatch(each ->
                                each.request().equals(id) && each.phase().equals("check")));

        // when somebody cancels it
        broker.send(
                signed(EventId.derived("cancellation"), new CancellationRequested(ORDERS, id, "wrong backup", "ops")));

        // then it is said to be cancelled, and what it had written is gone
        RestoreCancelled cancelled =
                awaitEvent(RestoreCancelled.class, event -> RestoreId.of(id).equals(event.restoreId()));
        assertThat(cancelled.cancelledBy()).isEqualTo("ops");
        assertThat(into).doesNotExist();
        assertThat(into.resolveSibling(".cancelled.holdfast-restore")).doesNotExist();
        assertThat(into.resolveSibling(".cancelled.holdfast-lock")).doesNotExist();
    }

    private void submit(SiteName site, Event<EventData> request) {
        QuarkusTransaction.requiringNew()
                .run(() -> jobs.submit(RestoreJobs.kindAt(site), request, "test " + request.id()));
    }

    private static Predicate<io.holdfast.events.restore.RestoreEvent> is(EventId request) {
        return event -> RestoreId.of(request).equals(event.restoreId());
    }

    private <E extends EventData> E awaitEvent(Class<E> type, Predicate<? super E> wanted) {
        return await().atMost(Duration.ofSeconds(60))
                .until(() -> events(type).filter(wanted).findFirst().orElse(null), found -> found != null);
    }

    private <E extends EventData> java.util.stream.Stream<E> events(Class<E> type) {
        return decoded(Topic.EVENTS, type);
    }

    private java.util.stream.Stream<JobProgressed> progress() {
        return decoded(Topic.PROGRESS, JobProgressed.class);
    }

    private <E extends EventData> java.util.stream.Stream<E> decoded(Topic topic, Class<E> type) {
        return broker.records(topic.topicName()).stream()
                .map(codec::decode)
                .filter(Decoded.Known.class::isInstance)
                .map(known -> ((Decoded.Known) known).event().data())
                .filter(type::isInstance)
                .map(type::cast);
    }

    private RestoreRequested request(Path into, String site, @Nullable SqlCheck check) {
        return new RestoreRequested(
                ORDERS,
                BACKUP,
                BackupKind.FULL,
                MAIN,
                "orders/manifest",
                new SiteName(site),
                new RestoreDestination.Directory(into.toString(), false, null, null, null),
                check == null ? List.of() : List.of(check),
                false,
                "test",
                "ops");
    }

    private WireEvent signed(EventId id, EventData data) {
        WireEvent wire = data instanceof CancellationRequested
                ? codec.encode(first(id, data), Topic.RESTORE_REQUESTS)
                : codec.encode(first(id, data));
        return controlPlane.sign(wire, Duration.ofHours(1));
    }

    private static Event<EventData> first(EventId id, EventData data) {
        return Event.first(id, "/test/1", Instant.parse("2026-11-20T12:00:00Z"), data);
    }
}

package io.holdfast.restore.physical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.request.RecoveryTimeline;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreAddress;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.TickingCluster;
import io.holdfast.restore.TickingCluster.Tick;
import io.holdfast.restore.cluster.PostgresInstallations;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.runtime.postgres.InstallationFolders;
import io.holdfast.testing.PostgresBinaries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MomentRestoreTest {
    private static final BackupId BACKUP = PhysicalRestoreTest.BACKUP;
    private static final BackupId LATER = new BackupId("b2");
    private static final int LOAD = 40_000;

    @TempDir
    Path folder;

    private @Nullable TickingCluster cluster;
    private int major;
    private int restores;

    @AfterEach
    void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = 15)
    void each_kind_of_target_brings_back_exactly_what_was_committed_until_then(int server) throws Exception {
        TickingCluster ticking = twoTimelines(server);
        Tick early = ticking.tick(25);
        Tick late = ticking.tick(85);

        assertHolds(new RecoveryTarget.Time(early.committed(), null, null), tick -> tick.id() <= early.id());
        assertHolds(new RecoveryTarget.Transaction(late.xid(), true, null), tick -> tick.id() < late.id());
        assertHolds(new RecoveryTarget.Named("half", null), tick -> tick.id() <= 40);
        assertHolds(new RecoveryTarget.Position(late.after().toString(), null, null), tick -> tick.id() <= late.id());
        RestoredCluster all = assertHolds(new RecoveryTarget.Latest(null), tick -> true);

        assertThat(all.recoveredTo().timeline()).isEqualTo(2);
        assertThat(all.recoveredTo().lastTransaction())
                .isEqualTo(ticking.ledger().getLast().committed());
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void random_targets_of_every_kind_bring_back_exactly_what_was_committed_until_then(int server) throws Exception {
        TickingCluster ticking = twoTimelines(server);
        Random random = new Random(server);
        for (int i = 0; i < 10; i++) {
            Tick tick = ticking.tick(20 + random.nextInt(80));
            boolean exclusive = random.nextBoolean();
            Boolean said = exclusive ? true : null;
            Predicate<Tick> kept = each -> exclusive ? each.id() < tick.id() : each.id() <= tick.id();
            assertHolds(new RecoveryTarget.Time(tick.committed(), said, null), kept);
            assertHolds(new RecoveryTarget.Transaction(tick.xid(), said, null), kept);
            assertHolds(
                    new RecoveryTarget.Position(tick.after().toString(), said, null), each -> each.id() <= tick.id());
        }
        assertHolds(new RecoveryTarget.Latest(RecoveryTimeline.CURRENT), tick -> tick.timeline() == 1);
        assertHolds(new RecoveryTarget.Latest(new RecoveryTimeline("2")), tick -> true);
    }

    @Test
    void what_was_committed_at_just_that_time_is_left_out_if_asked() throws Exception {
        TickingCluster ticking = twoTimelines(17);
        Tick tick = ticking.tick(50);

        assertHolds(new RecoveryTarget.Time(tick.committed(), true, null), each -> each.id() < tick.id());
        assertHolds(new RecoveryTarget.Transaction(tick.xid(), null, null), each -> each.id() <= tick.id());
        RestoredCluster first =
                assertHolds(new RecoveryTarget.Latest(RecoveryTimeline.CURRENT), each -> each.timeline() == 1);

        assertThat(first.recoveredTo().timeline()).isEqualTo(1);
    }

    @Test
    void a_time_behind_the_last_commit_is_reached_where_the_server_is_known_to_have_lived_then() throws Exception {
        // given a server that went on for a while without a commit
        TickingCluster ticking = begin(17);
        ticking.tick(20, 0);
        ticking.archive();
        Instant quiet = Instant.now();
        ticking.execute("checkpoint");
        ticking.archive();

        // then
        RestoredCluster restored = assertHolds(new RecoveryTarget.Time(quiet, null, null), tick -> true);
        assertThat(restored.recoveredTo().lastTransaction())
                .isEqualTo(ticking.ledger().getLast().committed());
        assertHolds(
                new RecoveryTarget.Position(
                        ticking.window().read().end(1).orElseThrow().lsn().toString(), null, null),
                tick -> true);
    }

    @Test
    void what_cannot_be_reached_is_refused_before_anything_is_written() throws Exception {
        TickingCluster ticking = begin(17);
        ticking.tick(20, 0);
        ticking.archive();
        Lsn end = ticking.window().read().end(1).orElseThrow().lsn();

        assertRefused(
                new RecoveryTarget.Time(Instant.now().minus(Duration.ofDays(1)), null, null), "the first behind it");
        assertRefused(
                new RecoveryTarget.Time(Instant.now().plus(Duration.ofDays(1)), null, null), "last moment before it");
        assertRefused(new RecoveryTarget.Position("0/28", null, null), "the first behind it");
        assertRefused(new RecoveryTarget.Position(end.plus(1 << 20).toString(), null, null), end.toString());
        assertRefused(new RecoveryTarget.Latest(new RecoveryTimeline("7")), "timeline 7");
    }

    @Test
    void a_moment_behind_missing_wal_is_refused_and_one_before_it_is_reached() throws Exception {
        TickingCluster ticking = begin(17);
        ticking.tick(60, LOAD);
        ticking.archive();
        Tick before = ticking.tick(15);
        Tick lost = ticking.tick(50);
        Tick behind = ticking.tick(65);
        delete(ticking.storedSegment(lost));

        String missing = ticking.storedSegment(lost);
        assertThat(missing).isNotEqualTo(ticking.storedSegment(before)).isNotEqualTo(ticking.storedSegment(behind));
        assertRefused(new RecoveryTarget.Time(behind.committed(), null, null), "WAL is missing from");
        assertRefused(new RecoveryTarget.Position(behind.after().toString(), null, null), "WAL is missing from");
        assertRefused(new RecoveryTarget.Latest(null), "WAL is missing behind");
        assertHolds(
                new RecoveryTarget.Position(before.after().toString(), null, null), tick -> tick.id() <= before.id());

        // and from a later backup all is well again
        TargetPlace place = ticking.backUp(LATER);
        ticking.tick(5, 0);
        ticking.archive();
        assertHolds(LATER, place, new RecoveryTarget.Latest(null), tick -> true, Duration.ZERO, RestoreWatch.NONE);
    }

    @Test
    void a_record_that_was_stored_damaged_is_not_the_end_of_the_log() throws Exception {
        // given a record near the end that its CRC does not fit any more, and commits behind it
        TickingCluster ticking = begin(17);
        ticking.tick(10, 0);
        Tick damaged = ticking.tick(15);
        ticking.tick(10, 0);
        ticking.damage(damaged.after().plus(-24));
        ticking.archive();
        Instant last = ticking.ledger().getLast().committed();
        Lsn end = ticking.window().read().end(1).orElseThrow().lsn();

        // when
        RestoreException latest = failure(new RecoveryTarget.Latest(null));
        RestoreException time = failure(new RecoveryTarget.Time(last, null, null));
        RestoreException position = failure(new RecoveryTarget.Position(end.toString(), null, null));

        // then
        for (RestoreException each : List.of(latest, time, position)) {
            assertThat(each.failure().category()).isEqualTo(FailureCategory.RECOVERY_FAILED);
        }
        assertThat(latest.failure().message()).contains("before the end of what is stored at " + end);
        assertHolds(
                new RecoveryTarget.Position(ticking.tick(13).after().toString(), null, null),
                tick -> tick.id() <= ticking.tick(13).id());
    }

    @Test
    void a_time_that_only_the_maker_of_a_backup_vouches_for_is_not_reached_by_the_end_of_the_log() throws Exception {
        // given a backup that was told as finished after the last sample, and after the last commit that is stored
        TickingCluster ticking = begin(17);
        ticking.tick(10, 0);
        ticking.archive();
        ticking.tick(3, 0);
        TargetPlace place = ticking.backUp(LATER);
        ticking.archiveUnsampled();
        Instant finished = place.read(LATER).manifest().details().finishedAt();
        Instant between =
                finished.minusNanos(Duration.between(ticking.ledger().getLast().committed(), finished)
                                .toNanos()
                        / 2);

        // when it is recovered from the backup before
        RestoreException failure = failure(new RecoveryTarget.Time(between, null, null));

        // then
        assertThat(failure.failure().category()).isEqualTo(FailureCategory.RECOVERY_FAILED);
        assertThat(failure.failure().message()).contains("the stored WAL ends before");
    }

    @Test
    void a_cluster_is_not_given_up_for_log_that_does_not_open() throws Exception {
        // given a cluster that was restored, and a segment on the way that is no segment any more
        TickingCluster ticking = begin(17);
        ticking.tick(60, LOAD);
        ticking.archive();
        Path there = fresh();
        restore(Duration.ZERO).run(new RequestBuilder(place(), there).build(), RestoreWatch.NONE);
        Map<String, String> before = Trees.of(there);
        Files.write(stored(ticking.storedSegment(ticking.tick(40))), new byte[1000]);

        // when
        PhysicalRequest request = new RequestBuilder(place(), there)
                .restore("00000000-0000-7000-8000-000000000002")
                .delta()
                .recoverTo(new RecoveryTarget.Latest(null), ticking.window())
                .build();
        RestoreException refused = catchThrowableOfType(
                RestoreException.class, () -> restore(Duration.ZERO).run(request, RestoreWatch.NONE));

        // then
        assertThat(refused.failure().hint()).endsWith("Nothing was changed.");
        assertThat(Trees.of(there)).isEqualTo(before);
    }

    @Test
    void a_transaction_that_never_was_is_a_failure_and_not_the_end_of_the_log() throws Exception {
        TickingCluster ticking = begin(17);
        ticking.tick(10, 0);
        ticking.archive();

        RestoreException failure = failure(new RecoveryTarget.Transaction(900_000, null, null));

        assertThat(failure.failure().category()).isEqualTo(FailureCategory.RECOVERY_FAILED);
        assertThat(failure.failure().message()).contains("before transaction 900000 is reached");
        assertThat(folder.resolve("restored" + restores)).doesNotExist();
    }

    @Test
    void a_repository_that_goes_away_while_wal_is_replayed_does_not_look_like_the_end_of_the_log() throws Exception {
        TickingCluster ticking = begin(17);
        ticking.tick(300, LOAD);
        ticking.archive();
        AtomicBoolean away = new AtomicBoolean();

        // when it is away and nobody waits
        RestoreException failure = catchThrowableOfType(
                RestoreException.class,
                () -> restore(Duration.ZERO)
                        .run(request(new RecoveryTarget.Latest(null)).build(), whileReplaying(this::moveAway, away)));
        moveBack();

        // then it is a failure, and of a kind that may pass
        assertThat(failure).isNotNull();
        assertThat(failure.failure().category()).isEqualTo(FailureCategory.REPOSITORY_UNAVAILABLE);

        // and when it comes back in time
        AtomicBoolean once = new AtomicBoolean();
        RestoreWatch outage = whileReplaying(
                () -> {
                    moveAway();
                    Thread.ofVirtual().start(() -> {
                        pause(Duration.ofSeconds(2));
                        moveBack();
                    });
                },
                once);
        assertHolds(BACKUP, place(), new RecoveryTarget.Latest(null), tick -> true, Duration.ofMinutes(1), outage);
        assertThat(once).isTrue();
    }

    private TickingCluster begin(int server) throws Exception {
        major = server;
        Path store = Files.createDirectory(folder.resolve("repository"));
        Repository repository = Repository.openOrInitialise(
                StoreAddress.parse("file://" + store).connect(StoreAccess.NONE), new UUID(1, 2));
        TickingCluster started = TickingCluster.start(server, repository, work());
        cluster = started;
        started.tick(10, 0);
        started.backUp(BACKUP);
        return started;
    }

    /** 60 ticks on the first timeline, 10 of them before the backup, 40 on the second. */
    private TickingCluster twoTimelines(int server) throws Exception {
        TickingCluster started = begin(server);
        started.tick(30, LOAD);
        started.namePoint("half");
        started.tick(20, LOAD);
        started.archive();
        started.promote();
        started.tick(40, LOAD);
        started.archive();
        return started;
    }

    private RestoredCluster assertHolds(RecoveryTarget target, Predicate<Tick> kept) throws Exception {
        return assertHolds(BACKUP, place(), target, kept, Duration.ZERO, RestoreWatch.NONE);
    }

    private RestoredCluster assertHolds(
            BackupId backup,
            TargetPlace place,
            RecoveryTarget target,
            Predicate<Tick> kept,
            Duration patience,
            RestoreWatch watch)
            throws Exception {
        String expected = ticking().expected(kept);

        RestoredCluster restored = restore(patience)
                .run(
                        new RequestBuilder(place, fresh())
                                .backup(backup)
                                .recoverTo(target, ticking().window())
                                .check(new SqlCheck("ticks", "postgres", TickingCluster.QUESTION, null))
                                .build(),
                        watch);

        assertThat(restored.checks()).as("%s", target).contains(new CheckResult("ticks", "postgres", expected, null));
        assertThat(hidden()).as("what is left beside").isEmpty();
        return restored;
    }

    private List<Path> hidden() throws IOException {
        try (Stream<Path> beside = Files.list(folder)) {
            return beside.filter(path -> path.getFileName().toString().startsWith(".restored" + restores + "."))
                    .toList();
        }
    }

    private void assertRefused(RecoveryTarget target, String said) throws Exception {
        RestoreException refused = failure(target);

        assertThat(refused.failure().category()).isEqualTo(FailureCategory.WAL_MISSING);
        assertThat(refused.failure().message() + refused.failure().hint())
                .contains(said)
                .contains("Nothing was changed");
        assertThat(folder.resolve("restored" + restores)).doesNotExist();
    }

    private RestoreException failure(RecoveryTarget target) throws Exception {
        PhysicalRequest request = request(target).build();
        RestoreException failure = catchThrowableOfType(
                RestoreException.class, () -> restore(Duration.ZERO).run(request, RestoreWatch.NONE));
        assertThat(failure).as("%s", target).isNotNull();
        return failure;
    }

    private RequestBuilder request(RecoveryTarget target) throws Exception {
        return new RequestBuilder(place(), fresh()).recoverTo(target, ticking().window());
    }

    private TargetPlace place() throws Exception {
        return ticking().storedPlace();
    }

    private TickingCluster ticking() {
        TickingCluster known = cluster;
        if (known == null) {
            throw new IllegalStateException("no cluster was begun");
        }
        return known;
    }

    private Path fresh() {
        return folder.resolve("restored" + ++restores);
    }

    private void delete(String segment) throws IOException {
        Files.delete(stored(segment));
    }

    private Path stored(String segment) throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve("repository"))) {
            List<Path> found = all.filter(path -> path.getFileName().toString().equals(segment))
                    .toList();
            assertThat(found).hasSize(1);
            return found.getFirst();
        }
    }

    private void moveAway() {
        move("repository", "elsewhere");
    }

    private void moveBack() {
        move("elsewhere", "repository");
    }

    private void move(String from, String to) {
        try {
            Files.move(folder.resolve(from), folder.resolve(to));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Does something once as soon as the server has taken some WAL. */
    private static RestoreWatch whileReplaying(Runnable something, AtomicBoolean done) {
        return new RestoreWatch() {
            @Override
            public void progress(RestorePhase phase, long bytes, @Nullable Long total) {
                if (phase == RestorePhase.RECOVER && bytes > 1 << 20 && done.compareAndSet(false, true)) {
                    something.run();
                }
            }

            @Override
            public boolean stopRequested() {
                return false;
            }
        };
    }

    private Path work() throws IOException {
        return Files.createDirectories(folder.resolve("work"));
    }

    /** With little room for WAL, so that it is fetched while it is replayed. */
    private PhysicalRestore restore(Duration patience) throws IOException {
        Programs programs = new Programs();
        return new PhysicalRestore(
                new RestoreRoots(List.of(folder)),
                new PostgresInstallations(new InstallationFolders(List.of(PostgresBinaries.of(major))), programs),
                programs,
                "nobody",
                work(),
                patience,
                Clock.systemUTC(),
                new WalServing(3 << 20, 2));
    }
}

package io.holdfast.backup.base;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.store.DeletableStore;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreAddress;
import io.holdfast.repository.sweep.Sweeper;
import io.holdfast.repository.write.CommitOutcome;
import io.holdfast.testing.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Twenty generations of incrementals of a cluster that changes at random: between the backups everywhere, and while most of
 * them are made in databases named {@code storm…}. Each generation is restored, started and looked through; then they are
 * deleted in random order, and those that are left have to restore as before. {@code -Dgenerations.seed} repeats a run.
 */
@Tag("long")
class RandomGenerationsTest {
    private static final System.Logger LOG = System.getLogger(RandomGenerationsTest.class.getName());
    private static final TargetName TARGET = new TargetName("orders");
    private static final int GENERATIONS = Integer.getInteger("generations.count", 20);
    private static final List<String> REASONS = List.of("stored anew", "were cut while the backup began");
    private static final String STORM = "storm";
    private static final long SEED = Long.getLong("generations.seed", System.nanoTime());

    private Path folder;
    private Repository repository;

    @BeforeEach
    void openRepository() throws Exception {
        folder = TestFolders.open();
        Path stored = Files.createDirectory(folder.resolve("repository"));
        repository = Repository.openOrInitialise(
                StoreAddress.parse(stored.toUri().toString()).connect(StoreAccess.NONE), new UUID(1, 2));
    }

    @AfterEach
    void removeFolder() throws Exception {
        repository.close();
        TestFolders.remove(folder);
    }

    /** A backup, and what everything but the storm held when it was made. */
    private record Generation(BackupManifest manifest, String contents) {}

    @ParameterizedTest
    @CsvSource({"15, page_compare", "17, server_incremental"})
    void each_generation_restores_whatever_happened_and_whichever_others_were_deleted(int major, String method)
            throws Exception {
        LOG.log(System.Logger.Level.INFO, "-Dgenerations.seed={0,number,#}", SEED);
        Random random = new Random(SEED);
        List<Generation> generations;
        try (PostgresServer server = start(major)) {
            generations = generations(server, method, random);
        }

        for (Generation generation : generations) {
            assertRestores(major, generation);
        }
        Collections.shuffle(generations, random);
        try (DeletableStore deletable = StoreAddress.parse(
                        folder.resolve("repository").toUri().toString())
                .connectToDelete(StoreAccess.NONE)) {
            Sweeper sweeper = repository.sweeper(
                    TARGET,
                    generations.getFirst().manifest().place(),
                    deletable,
                    Duration.ofDays(1),
                    Clock.systemUTC());
            while (generations.size() > 1) {
                BackupId gone = generations.removeLast().manifest().backup();
                sweeper.delete(gone);
                assertThat(sweeper.sweep().removed()).containsExactly(gone);
                for (Generation kept : generations) {
                    assertThat(place(kept)
                                    .read(kept.manifest().backup())
                                    .verify(2, ReadProgress.NONE)
                                    .isGood())
                            .as("%s without %s", kept.manifest().backup(), gone)
                            .isTrue();
                }
                if (generations.size() % 4 == 1) {
                    assertRestores(major, generations.get(random.nextInt(generations.size())));
                }
            }
        }
    }

    private List<Generation> generations(PostgresServer server, String method, Random random) throws Exception {
        server.execute("postgres", "create database " + STORM, "create database quiet");
        server.execute(STORM, "create table sent (n int)", "create table received (n int)");
        ChangingCluster quiet = new ChangingCluster(server, "quiet", random.nextLong());
        ChangingCluster storm = new ChangingCluster(server, STORM, random.nextLong());
        List<Generation> generations = new ArrayList<>();
        for (int number = 0; number < GENERATIONS; number++) {
            for (int round = 0; round < 3; round++) {
                quiet.changeAll();
                storm.changeData();
            }
            server.execute(STORM, "insert into sent values (0)", "insert into received values (0)");
            String contents = Contents.ofAllBut(server, STORM);
            BackupManifest manifest;
            if (number % 4 == 3) {
                server.execute("postgres", "checkpoint");
                manifest = backUp(server, number, null);
                assertEqualsControl(server, manifest);
            } else {
                manifest = backUpInStorm(server, number, storm);
            }
            if (number > 0) {
                // To leave sparse packs behind all is read where the server could tell what has changed, and where it
                // may be wrong.
                if (REASONS.stream()
                        .noneMatch(manifest.details().labels().getOrDefault(BackupMethod.REASON_LABEL, "")::contains)) {
                    assertThat(manifest.details().labels()).containsEntry(BackupMethod.LABEL, method);
                }
                assertThat(manifest.details().parent())
                        .contains(generations.getLast().manifest().backup());
            }
            generations.add(new Generation(manifest, contents));
        }
        return generations;
    }

    private static PostgresServer start(int major) {
        PostgresServer.Builder builder = PostgresServer.of(major)
                // At rest means at rest.
                .setting("autovacuum", "off")
                .setting("bgwriter_lru_maxpages", "0")
                .setting("checkpoint_timeout", "1h");
        PostgresServer started =
                (major < 17 ? builder : builder.setting("summarize_wal", "on").setting("wal_keep_size", "4GB")).start();
        started.execute("template1", "create extension amcheck");
        started.execute("postgres", "create extension amcheck");
        return started;
    }

    /** Slowly, so that something happens meanwhile. */
    private BackupManifest backUpInStorm(PostgresServer server, int number, ChangingCluster storm) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> rounds = executor.submit(() -> {
                int round = 0;
                while (!over.get()) {
                    storm.changeData();
                    server.execute(
                            STORM,
                            "with s as (insert into sent select generate_series(1, 1000) returning n)"
                                    + " insert into received select n from s");
                    round++;
                }
                return round;
            });
            BackupManifest manifest;
            try {
                manifest = backUp(server, number, 16 * 1024);
            } finally {
                over.set(true);
            }
            LOG.log(System.Logger.Level.INFO, "{0} rounds of changes during backup {1}", rounds.get(), number);
            return manifest;
        }
    }

    private BackupManifest backUp(PostgresServer server, int number, @Nullable Integer maxRateKib) throws Exception {
        Path work = Files.createDirectories(folder.resolve("work"));
        PhysicalBackup.Result result = BackupFixture.physicalBackup()
                .run(
                        BackupFixture.settings(server),
                        identifier -> repository.at(TARGET, Place.ofSystemIdentifier(identifier)),
                        BackupFixture.options(work, new BackupId("g" + number), new AttemptId("a1"))
                                .withIncremental(true)
                                .withMaxRateKib(maxRateKib),
                        progress -> {},
                        new Cancellation());
        return ((CommitOutcome.Committed) result.outcome()).manifest();
    }

    /** Every file as pg_basebackup would have brought it. */
    private void assertEqualsControl(PostgresServer server, BackupManifest manifest) throws Exception {
        Path control = ControlCopy.of(server, folder.resolve("control"));
        Path restored = folder.resolve("restored");
        Path data = BackupFixture.restore(repository.at(TARGET, manifest.place()), manifest, restored);
        assertThat(ControlCopy.differences(data, control))
                .as("seed %d, backup %s", SEED, manifest.backup())
                .isEmpty();
        TestFolders.remove(restored);
        TestFolders.remove(folder.resolve("control"));
    }

    private void assertRestores(int major, Generation generation) throws Exception {
        Path restored = folder.resolve("restored");
        Path data = BackupFixture.restore(place(generation), generation.manifest(), restored);
        try (PostgresServer copy = PostgresServer.of(major).startOn(data)) {
            assertThat(Contents.ofAllBut(copy, STORM))
                    .as("seed %d, backup %s", SEED, generation.manifest().backup())
                    .isEqualTo(generation.contents());
            assertThat(copy.query(STORM, "select count(*) || ' ' || sum(n) from received"))
                    .isEqualTo(copy.query(STORM, "select count(*) || ' ' || sum(n) from sent"));
            Soundness.check(copy);
        }
        TestFolders.remove(restored);
    }

    private TargetPlace place(Generation generation) {
        return repository.at(TARGET, generation.manifest().place());
    }
}

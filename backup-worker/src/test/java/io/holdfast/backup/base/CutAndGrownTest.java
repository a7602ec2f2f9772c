package io.holdfast.backup.base;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.backup.replication.SqlSession;
import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreAddress;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.write.CommitOutcome;
import io.holdfast.testing.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tables that a vacuum cuts and that grow again before the next incremental backup, with a checkpoint in between. The server
 * puts its summaries of that together in the order of its file system, so that half of the time the growth is forgotten.
 */
@Timeout(180)
class CutAndGrownTest {
    private static final TargetName TARGET = new TargetName("orders");
    private static final int TABLES = 6;

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

    @Test
    void a_table_that_was_cut_and_has_grown_again_comes_back_as_it_was() throws Exception {
        requireGenerations(17, 2);
    }

    @ParameterizedTest
    @Tag("long")
    @ValueSource(ints = {17, 18})
    void so_it_does_from_generation_to_generation(int major) throws Exception {
        requireGenerations(major, 8);
    }

    private void requireGenerations(int major, int count) throws Exception {
        try (PostgresServer server = start(major)) {
            // given
            for (int table = 0; table < TABLES; table++) {
                server.execute("postgres", "create table t" + table + " (id int, note text)");
                grow(server, table, 1000);
            }
            Map<BackupManifest, String> generations = new LinkedHashMap<>();
            generations.put(backUp(server, 0), Contents.of(server));

            // when: each has pages that were cut off and are there again, and others beyond those it had
            for (int generation = 1; generation <= count; generation++) {
                for (int table = 0; table < TABLES; table++) {
                    cut(server, table);
                    server.execute("postgres", "checkpoint");
                    grow(server, table, 700 + 100 * table);
                    server.execute("postgres", "checkpoint");
                }
                BackupManifest made = backUp(server, generation);
                assertThat(made.details().labels())
                        .containsEntry(BackupMethod.LABEL, BackupMethod.SERVER_INCREMENTAL.wireName());
                generations.put(made, Contents.of(server));
            }

            // then
            for (Map.Entry<BackupManifest, String> each : generations.entrySet()) {
                Path restored = folder.resolve("restored-" + each.getKey().backup());
                Path data = BackupFixture.restore(place(each.getKey()), each.getKey(), restored);
                try (PostgresServer copy = PostgresServer.of(major).startOn(data)) {
                    assertThat(Contents.of(copy))
                            .as(each.getKey().backup().value())
                            .isEqualTo(each.getValue());
                }
                TestFolders.remove(restored);
            }
        }
    }

    @Test
    void what_is_cut_after_the_server_was_asked_is_a_doubt_unless_nothing_follows() throws Exception {
        try (PostgresServer server = start(17);
                SqlSession session = SqlSession.open(BackupFixture.settings(server), "postgres", "test")) {
            // given
            server.execute("postgres", "create table t0 (id int, note text)", "create table t1 (id int, note text)");
            grow(server, 0, 1000);
            grow(server, 1, 1000);
            Lsn parent = checkpoint(server, session);
            CutRelations asked = CutRelations.since(session, 1, parent);
            assertThat(asked.count()).isZero();

            // when: one is cut in what will be the last summary
            cut(server, 0);
            Lsn start = checkpoint(server, session);
            // then
            assertThat(asked.doubt(session, start)).isEmpty();

            // when: it grows behind that
            grow(server, 0, 1000);
            Lsn later = checkpoint(server, session);
            // then
            assertThat(asked.doubt(session, later))
                    .hasValueSatisfying(why -> assertThat(why).startsWith("1 relations were cut"));
            // then: nor is there one if it was known
            assertThat(CutRelations.since(session, 1, parent).doubt(session, later))
                    .isEqualTo(Optional.empty());
            assertThat(CutRelations.since(session, 1, parent).count()).isOne();
        }
    }

    /** Where the checkpoint's log begins; when the server has summarized up to there. */
    private static Lsn checkpoint(PostgresServer server, SqlSession session) throws Exception {
        server.execute("postgres", "checkpoint");
        String redo = server.query("postgres", "select redo_lsn from pg_control_checkpoint()");
        while (!session.query("select max(end_lsn) >= '" + redo + "' from pg_available_wal_summaries()")
                .equals(List.of(List.of("t")))) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return Lsn.parse(redo);
    }

    private BackupManifest backUp(PostgresServer server, int number) throws Exception {
        Path work = Files.createDirectories(folder.resolve("work"));
        PhysicalBackup.Result result = BackupFixture.physicalBackup()
                .run(
                        BackupFixture.settings(server),
                        identifier -> repository.at(TARGET, Place.ofSystemIdentifier(identifier)),
                        BackupFixture.options(work, new BackupId("g" + number), new AttemptId("a1"))
                                .withIncremental(number > 0),
                        progress -> {},
                        new Cancellation());
        return ((CommitOutcome.Committed) result.outcome()).manifest();
    }

    private TargetPlace place(BackupManifest manifest) {
        return repository.at(TARGET, manifest.place());
    }

    private static PostgresServer start(int major) {
        return PostgresServer.of(major)
                .setting("summarize_wal", "on")
                .setting("autovacuum", "off")
                .setting("checkpoint_timeout", "1h")
                // Nothing is streamed here: that the log leads on from the parent is seen at the server's own.
                .setting("wal_keep_size", "1GB")
                .start();
    }

    private static void grow(PostgresServer server, int table, int rows) {
        server.execute(
                "postgres",
                "insert into t" + table + " select i, repeat('x', 200) from generate_series(1, " + rows + ") i");
    }

    /** To about half. */
    private static void cut(PostgresServer server, int table) {
        server.execute(
                "postgres",
                "delete from t" + table + " where (ctid::text::point)[0] > pg_relation_size('t" + table
                        + "') / 8192 / 2",
                "vacuum (truncate true) t" + table);
    }
}

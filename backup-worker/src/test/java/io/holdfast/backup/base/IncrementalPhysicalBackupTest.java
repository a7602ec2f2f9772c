package io.holdfast.backup.base;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.Repository;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.key.GoldenKeys;
import io.holdfast.repository.key.OpenPgpRecipient;
import io.holdfast.repository.key.RepositoryKeys;
import io.holdfast.repository.manifest.BackupKind;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreAddress;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.wal.WalSegmentWriter;
import io.holdfast.repository.write.CommitOutcome;
import io.holdfast.testing.PostgresServer;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Generations of incremental backups of a cluster that goes on changing; each of them is restored and queried. */
class IncrementalPhysicalBackupTest {
    private Path folder;
    private Repository repository;
    private Repository restorer;

    @BeforeEach
    void openRepository() throws Exception {
        folder = TestFolders.open();
        Path stored = Files.createDirectory(folder.resolve("repository"));
        repository = Repository.openOrInitialise(
                StoreAddress.parse(stored.toUri().toString()).connect(StoreAccess.NONE), new UUID(1, 2));
        restorer = repository;
    }

    @AfterEach
    void removeFolder() throws Exception {
        repository.close();
        TestFolders.remove(folder);
    }

    @ParameterizedTest
    @CsvSource({"15, page_compare, false", "17, server_incremental, true"})
    void every_generation_holds_what_the_cluster_held(int major, String method, boolean encrypted) throws Exception {
        requireGenerations(major, method, encrypted);
    }

    @ParameterizedTest
    @Tag("long")
    @CsvSource({"16, page_compare, true", "18, server_incremental, true"})
    void every_generation_holds_what_the_cluster_held_in_the_other_majors(int major, String method, boolean encrypted)
            throws Exception {
        requireGenerations(major, method, encrypted);
    }

    private void requireGenerations(int major, String method, boolean encrypted) throws Exception {
        if (encrypted) {
            encrypt();
        }
        try (PostgresServer server = server(major)) {
            Map<BackupManifest, String> generations = new LinkedHashMap<>();
            // given a full backup of a cluster with a tablespace
            String space = server.newFolder("space").toString();
            server.execute(
                    "postgres",
                    "create tablespace space location '" + space + "'",
                    "create table changed as select i as id, repeat('x', 100) as note from generate_series(1, 50000) i",
                    "create index on changed (note, id)",
                    "create table emptied as select generate_series(1, 20000) as id",
                    "create table rewritten as select i as id, repeat('y', 50) as note from generate_series(1, 20000) i",
                    "create table dropped as select generate_series(1, 20000) as id",
                    "create table shrunk as select i as id, repeat('z', 100) as note from generate_series(1, 30000) i",
                    "create table there tablespace space as select generate_series(1, 20000) as id");
            BackupManifest full = backUp(server, "g0");
            generations.put(full, Contents.of(server));

            // when rows change here and there
            server.execute(
                    "postgres",
                    "update changed set note = 'changed' where id % 7000 = 0",
                    "update there set id = -id where id = 12345",
                    "create table added as select generate_series(1, 5000) as id");
            generations.put(backUp(server, "g1"), Contents.of(server));

            // when files are made anew, emptied, removed, and a database comes
            server.execute(
                    "postgres",
                    "truncate emptied",
                    "insert into emptied select generate_series(1, 100)",
                    "delete from rewritten where id % 3 = 0",
                    "vacuum full rewritten",
                    "drop table dropped",
                    "create database other strategy file_copy",
                    "insert into changed select i, repeat('n', 200) from generate_series(60001, 80000) i");
            server.execute("other", "create table elsewhere as select generate_series(1, 3000) as id");
            generations.put(backUp(server, "g2"), Contents.of(server));

            // when a file is cut and nothing else happens
            server.execute("postgres", "delete from shrunk where id > 10000", "vacuum (truncate true) shrunk");
            generations.put(backUp(server, "g3"), Contents.of(server));

            // then
            BackupManifest parent = null;
            for (Map.Entry<BackupManifest, String> generation : generations.entrySet()) {
                BackupManifest manifest = generation.getKey();
                if (parent != null) {
                    assertThat(manifest.details().kind()).isEqualTo(BackupKind.INCREMENTAL);
                    assertThat(manifest.details().parent()).contains(parent.backup());
                    assertThat(manifest.details().labels()).containsEntry(BackupMethod.LABEL, method);
                    assertThat(manifest.sizes().storedBytes())
                            .isLessThan(full.sizes().storedBytes() / 2);
                }
                assertThat(manifest.isSealed()).isEqualTo(encrypted);
                assertThat(place(server)
                                .read(manifest.backup())
                                .verify(2, ReadProgress.NONE)
                                .isGood())
                        .isTrue();
                assertRestores(server, manifest, generation.getValue());
                parent = manifest;
            }
        }
    }

    @Test
    void a_server_without_its_summaries_is_read_as_a_whole_in_the_same_attempt() throws Exception {
        try (PostgresServer server = server(18, "16MB")) {
            // given summaries of what happened since the parent that somebody removed, with the log they were made from
            server.execute("postgres", "create table t as select i as id from generate_series(1, 20000) i");
            BackupManifest first = backUp(server, "g0");
            server.execute("postgres", "update t set id = -id where id % 1000 = 0", "checkpoint");
            BackupManifest second = backUp(server, "g1");
            server.execute("postgres", "alter system set summarize_wal = off", "select pg_reload_conf()");
            Await.until(() -> server.query("postgres", "show summarize_wal").equals("off"));
            try (Stream<Path> summaries = Files.list(server.dataDirectory().resolve("pg_wal/summaries"))) {
                for (Path summary : summaries.toList()) {
                    Files.delete(summary);
                }
            }
            for (int i = 0; i < 3; i++) {
                server.execute("postgres", "select pg_switch_wal()", "create table more" + i + " (id int)");
            }
            archive(server);
            server.execute("postgres", "checkpoint", "alter system set summarize_wal = on", "select pg_reload_conf()");
            Await.until(() -> server.query("postgres", "show summarize_wal").equals("on"));
            server.execute("postgres", "update t set id = 7 where id = 7777");

            // when
            BackupManifest third = backUp(server, "g2");

            // then
            assertThat(second.details().labels()).containsEntry(BackupMethod.LABEL, "server_incremental");
            assertThat(third.details().labels()).containsEntry(BackupMethod.LABEL, "page_compare");
            assertThat(third.details().labels().get(BackupMethod.REASON_LABEL)).contains("SQLSTATE 55000");
            assertThat(third.details().parent()).contains(second.backup());
            assertThat(third.sizes().storedBytes()).isLessThan(first.sizes().storedBytes() / 2);
            assertRestores(server, third, Contents.of(server));
        }
    }

    @Test
    void what_is_lost_of_the_parent_is_read_from_the_server() throws Exception {
        try (PostgresServer server = server(17)) {
            // given a parent whose large maps are gone
            server.execute(
                    "postgres",
                    "create table t as select i as id, i % 7 as n from generate_series(1, 200000) i",
                    // Else the first look at the rows would write hints to every page.
                    "vacuum freeze t");
            BackupManifest first = backUp(server, "g0");
            Path maps = folder.resolve("repository")
                    .resolve(new PlaceLayout(first.target(), first.place()).prefix() + "maps");
            TestFolders.remove(maps);
            server.execute("postgres", "update t set n = 8 where id = 4711");

            // when
            BackupManifest second = backUp(server, "g1");

            // then
            assertThat(second.details().labels()).containsEntry(BackupMethod.LABEL, "page_compare");
            assertThat(second.details().labels().get(BackupMethod.REASON_LABEL))
                    .contains("pages are wanted that are lost");
            assertThat(place(server)
                            .read(second.backup())
                            .verify(2, ReadProgress.NONE)
                            .isGood())
                    .isTrue();
            assertRestores(server, second, Contents.of(server));
        }
    }

    @Test
    void when_most_of_what_is_stored_is_not_used_any_more_the_rest_is_read_and_stored_anew() throws Exception {
        try (PostgresServer server = server(17)) {
            // given
            server.execute(
                    "postgres",
                    "create table t as select i as id, md5(i::text) as a, md5((-i)::text) as b from generate_series(1, 200000) i");
            backUp(server, "g0");
            String[] rewriting = {"update t set a = md5(a), b = md5(b)", "vacuum full t"};

            // when
            BackupManifest last;
            int generation = 1;
            do {
                server.execute("postgres", rewriting);
                last = backUp(server, "g" + generation);
            } while (last.details().labels().get(BackupMethod.REASON_LABEL) == null && generation++ < 6);

            // then
            assertThat(generation).isBetween(2, 5);
            assertThat(last.details().labels().get(BackupMethod.REASON_LABEL)).contains("is stored anew");
            assertThat(last.details().kind()).isEqualTo(BackupKind.INCREMENTAL);
            assertRestores(server, last, Contents.of(server));
            server.execute("postgres", rewriting);
            assertThat(backUp(server, "after").details().labels())
                    .containsEntry(BackupMethod.LABEL, "server_incremental");
        }
    }

    @Test
    void without_an_earlier_backup_a_full_one_is_made_and_says_so() throws Exception {
        try (PostgresServer server = PostgresServer.of(18).start()) {
            BackupManifest first = backUp(server, "g0");

            assertThat(first.details().kind()).isEqualTo(BackupKind.FULL);
            assertThat(first.details().parent()).isEmpty();
            assertThat(first.details().labels())
                    .containsEntry(BackupMethod.LABEL, "full")
                    .containsEntry(
                            BackupMethod.REASON_LABEL, "no physical backup of this cluster was there to compare with");
        }
    }

    @Test
    void a_parent_that_cannot_be_read_is_passed_over() throws Exception {
        try (PostgresServer server = PostgresServer.of(18).start()) {
            BackupManifest first = backUp(server, "g0");
            BackupManifest second = backUp(server, "g1");
            Files.delete(
                    folder.resolve("repository").resolve(second.index().key().value()));

            BackupManifest third = backUp(server, "g2");
            assertThat(third.details().parent()).contains(first.backup());
            Files.delete(
                    folder.resolve("repository").resolve(first.index().key().value()));
            Files.delete(
                    folder.resolve("repository").resolve(third.index().key().value()));
            BackupManifest fourth = backUp(server, "g3");

            assertThat(fourth.details().kind()).isEqualTo(BackupKind.FULL);
            assertThat(fourth.details().labels().get(BackupMethod.REASON_LABEL)).contains("could not be compared with");
        }
    }

    @Test
    void a_worker_that_asks_for_changes_opens_no_page_of_an_encrypted_parent() throws Exception {
        encrypt();
        try (PostgresServer server = server(18)) {
            server.execute("postgres", "create table t as select i as id from generate_series(1, 20000) i");
            BackupManifest parent = backUp(server, "g0");
            BackupManifest next = backUp(server, "g1");
            assertThat(next.details().labels()).containsEntry(BackupMethod.LABEL, "server_incremental");

            for (BackupManifest manifest : List.of(parent, next)) {
                BackupReader reader = place(server, repository).read(manifest.backup());
                List<IndexEntry.WithContent> stored = new ArrayList<>();
                reader.forEachEntry(entry -> {
                    if (entry instanceof IndexEntry.WithContent file && file.length() > 0) {
                        stored.add(file);
                    }
                });
                assertThat(stored).extracting(file -> file.path().value()).contains("backup_manifest", "PG_VERSION");
                int opened = 0;
                for (IndexEntry.WithContent file : stored) {
                    try (InputStream in = reader.open(file)) {
                        // What is all zeros says so in its map, and is not stored.
                        assertThat(in.readAllBytes()).as(file.path().value()).containsOnly(0);
                        opened++;
                    } catch (RepositoryException.Denied e) {
                        assertThat(e).hasMessageContaining("data key");
                    }
                }
                assertThat(opened).isLessThan(stored.size() / 2);
            }
        }
    }

    @Test
    void a_new_index_key_goes_on_from_the_one_before_where_that_is_listed_and_else_begins_anew() throws Exception {
        encrypt();
        byte[] second = new byte[32];
        byte[] third = new byte[32];
        third[0] = 1;
        try (PostgresServer server = server(18)) {
            server.execute("postgres", "create table t as select i as id from generate_series(1, 20000) i");
            BackupManifest first = backUp(server, "g0");
            server.execute("postgres", "update t set id = -id where id = 777");

            repository = Repository.open(repository.store(), workers(second, GoldenKeys.indexKey()));
            BackupManifest listed = backUp(server, "g1");
            String contents = Contents.of(server);
            assertThat(listed.details().parent()).contains(first.backup());
            assertThat(listed.details().labels()).containsEntry(BackupMethod.LABEL, "server_incremental");

            server.execute("postgres", "delete from t where id = 1", "checkpoint", "select pg_switch_wal()");
            repository = Repository.open(repository.store(), workers(third));
            BackupManifest unlisted = backUp(server, "g2");
            assertThat(unlisted.details().kind()).isEqualTo(BackupKind.FULL);
            assertThat(unlisted.details().labels().get(BackupMethod.REASON_LABEL))
                    .contains("is sealed with the index key");

            assertRestores(server, listed, contents);
            assertRestores(server, unlisted, Contents.of(server));
        }
    }

    private static RepositoryKeys workers(byte[]... indexKeys) throws Exception {
        RepositoryKeys.Builder keys = RepositoryKeys.builder()
                .recipient(OpenPgpRecipient.parse(GoldenKeys.publicKey(), InstantSource.system())
                        .getFirst());
        List.of(indexKeys).forEach(keys::indexKey);
        return keys.build();
    }

    /** What a worker has is enough to write, and nothing of it is needed to restore. */
    private void encrypt() throws Exception {
        Repository written = Repository.open(repository.store(), GoldenKeys.workers());
        restorer = Repository.open(repository.store(), GoldenKeys.restorers());
        repository = written;
    }

    /** Stores what is complete of the server's log, as archiving would. */
    private void archive(PostgresServer server) throws Exception {
        String current = server.query("postgres", "select pg_walfile_name(pg_current_wal_lsn())");
        int size = 16 << 20;
        WalArchive wal = place(server).wal(folder.resolve("work"));
        try (Stream<Path> files = Files.list(server.dataDirectory().resolve("pg_wal"))) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.matches("[0-9A-F]{24}") && name.compareTo(current) < 0) {
                    WalSegmentName segment = new WalSegmentName(name);
                    try (WalSegmentWriter writer = wal.begin(segment.timeline(), segment.segmentNumber(size), size)) {
                        writer.write(0, Files.readAllBytes(file), 0, size);
                        writer.finish();
                    }
                }
            }
        }
    }

    private static PostgresServer server(int major) {
        return server(major, "1GB");
    }

    /** @param kept how much of its log it keeps, so that it can be shown to be of the same history as its backups */
    private static PostgresServer server(int major, String kept) {
        PostgresServer.Builder server = PostgresServer.of(major).setting("wal_keep_size", kept);
        return (major < 17 ? server : server.setting("summarize_wal", "on")).start();
    }

    private void assertRestores(PostgresServer server, BackupManifest manifest, String contents) throws Exception {
        Path data = BackupFixture.restore(
                place(server, restorer), manifest, folder.resolve("restored-" + manifest.backup()));
        try (PostgresServer restored = PostgresServer.of(server.major()).startOn(data)) {
            assertThat(Contents.of(restored)).as(manifest.backup().value()).isEqualTo(contents);
        }
    }

    private BackupManifest backUp(PostgresServer server, String backup) throws Exception {
        Path work = Files.createDirectories(folder.resolve("work"));
        PhysicalBackup.Result result = BackupFixture.physicalBackup()
                .run(
                        BackupFixture.settings(server),
                        identifier -> repository.at(new TargetName("orders"), Place.ofSystemIdentifier(identifier)),
                        BackupFixture.options(work, new BackupId(backup), new AttemptId("a1"))
                                .withIncremental(true),
                        progress -> {},
                        new Cancellation());
        return ((CommitOutcome.Committed) result.outcome()).manifest();
    }

    private TargetPlace place(PostgresServer server) {
        return place(server, repository);
    }

    private static TargetPlace place(PostgresServer server, Repository repository) {
        long identifier =
                Long.parseUnsignedLong(server.query("postgres", "select system_identifier from pg_control_system()"));
        return repository.at(new TargetName("orders"), Place.ofSystemIdentifier(identifier));
    }
}

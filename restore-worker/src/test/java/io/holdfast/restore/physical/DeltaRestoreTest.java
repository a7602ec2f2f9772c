package io.holdfast.restore.physical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.events.restore.RestoreCompleted.Comparison;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.SourceCluster;
import io.holdfast.restore.cluster.PostgresInstallations;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.runtime.postgres.InstallationFolders;
import io.holdfast.testing.PostgresBinaries;
import io.holdfast.testing.PostgresServer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeltaRestoreTest {
    private static final Path DEBIANS_15 = Path.of("/usr/lib/postgresql/15");

    @TempDir
    Path folder;

    /** A cluster with a tablespace, backed up, written to afterwards, killed and spoiled. */
    private record FailedPrimary(PostgresServer server, TargetPlace place, String tablespace, Path location) {
        Path data() {
            return server.dataDirectory();
        }

        PhysicalRequest request() {
            return new RequestBuilder(place, data())
                    .tablespaces(Map.of(tablespace, location.toString()))
                    .delta()
                    .build();
        }
    }

    private FailedPrimary failedPrimary(PostgresServer server) throws Exception {
        Path location = server.newFolder("fast");
        server.execute(
                "postgres",
                "create tablespace fast location '" + location + "'",
                "create table item as select id, md5(id::text) as name from generate_series(1, 60000) as id",
                "create unique index item_id on item (id)",
                "create table elsewhere tablespace fast as select id from generate_series(1, 20000) as id",
                "create table dropped as select id from generate_series(1, 5000) as id",
                "vacuum (freeze, analyze)",
                "checkpoint");
        String tablespace = server.query("postgres", "select oid from pg_tablespace where spcname = 'fast'");
        Path item = server.dataDirectory().resolve(server.query("postgres", "select pg_relation_filepath('item')"));
        Path index = server.dataDirectory().resolve(server.query("postgres", "select pg_relation_filepath('item_id')"));
        TargetPlace place = SourceCluster.backUp(server, repository(), PhysicalRestoreTest.BACKUP, work(), each -> {});
        Path others = Files.createDirectory(location.resolve("others"));
        Files.writeString(others.resolve("letter"), "theirs");
        Files.setPosixFilePermissions(location, PosixFilePermissions.fromString("rwxr-x---"));
        server.execute(
                "postgres",
                "update item set name = 'changed' where id % 1000 = 0",
                "create table later as select id from generate_series(1, 30000) as id",
                "create table later_elsewhere tablespace fast as select 1 as id",
                "drop table dropped",
                "create database later");
        server.kill();
        spoil(server.dataDirectory(), item, index);
        return new FailedPrimary(server, place, tablespace, location);
    }

    private static void spoil(Path data, Path item, Path index) throws IOException {
        byte[] garbage = new byte[5000];
        new Random(7).nextBytes(garbage);
        Trees.write(item, 8192 * 3 + 4000, garbage); // over the end of a page
        Trees.write(index, 8192 * 5 + 4096, new byte[4096]); // torn
        Trees.truncate(index, Files.size(index) - 8192);
        Files.writeString(data.resolve("base/1/99999"), "nobody's");
        Files.createDirectories(data.resolve("base/pgsql_tmp"));
        Files.writeString(data.resolve("base/pgsql_tmp/pgsql_tmp1.0"), "left over");
        Files.delete(data.resolve("base/1/1259"));
        Files.setPosixFilePermissions(data.resolve("base/1/1249"), PosixFilePermissions.fromString("---------"));
        Files.setPosixFilePermissions(data.resolve("global"), PosixFilePermissions.fromString("rwxrwxrwx"));
        // where a link leads, there is something to lose
        Files.writeString(data.resolveSibling("letter"), "mine");
        Files.createSymbolicLink(data.resolve("pg_xact/out"), data.getParent());
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(ints = {16, 17, 18})
    void a_failed_primary_of_any_version_becomes_what_a_fresh_restore_is(int major) throws Exception {
        assertBecomesFresh(major);
    }

    @Test
    void a_failed_primary_becomes_what_a_fresh_restore_of_the_backup_is() throws Exception {
        assertBecomesFresh(15);
    }

    private void assertBecomesFresh(int major) throws Exception {
        try (PostgresServer server =
                PostgresServer.of(major).setting("autovacuum", "off").start()) {
            FailedPrimary failed = failedPrimary(server);
            Path fresh = folder.resolve("fresh");
            restore(PostgresBinaries.of(major))
                    .run(new RequestBuilder(failed.place(), fresh).build(), RestoreWatch.NONE);
            Map<String, String> shared = notOurs(failed.location());

            // when
            RestoredCluster restored = restore(PostgresBinaries.of(major)).run(failed.request(), RestoreWatch.NONE);

            // then the rows are those of the backup, and every file of a table is as in the fresh directory
            assertThat(restored.checks())
                    .contains(new CheckResult("rows of public.item", "postgres", "60000", null))
                    .contains(new CheckResult("rows of public.elsewhere", "postgres", "20000", null))
                    .contains(new CheckResult("rows of public.dropped", "postgres", "5000", null))
                    .noneMatch(check -> check.name().contains("later"));
            assertThat(tables(failed.data())).hasSizeGreaterThan(500).isEqualTo(tables(fresh));
            assertThat(tables(failed.location()))
                    .isEqualTo(tables(folder.resolve("fresh.tablespaces").resolve(failed.tablespace())));
            assertThat(Files.readSymbolicLink(failed.data().resolve("pg_tblspc").resolve(failed.tablespace())))
                    .isEqualTo(failed.location());
            assertThat(shared).containsKeys("", "others/letter");
            assertThat(notOurs(failed.location())).isEqualTo(shared);
            assertThat(failed.data().resolve("postgresql.conf")).content().contains("Made by Holdfast");
            assertThat(failed.data().resolve("pg_xact/out")).doesNotExist();
            assertThat(failed.data().resolveSibling("letter")).hasContent("mine");
            // and little was fetched
            Comparison comparison = Objects.requireNonNull(restored.comparison());
            assertThat(comparison.bytesKept() + comparison.bytesFetched()).isEqualTo(restored.bytes());
            assertThat(comparison.bytesKept()).isGreaterThan(restored.bytes() / 3);
            assertThat(comparison.filesRemoved()).isGreaterThan(4);
            assertThat(failed.data().resolveSibling(".data.holdfast-restore")).doesNotExist();
        }
    }

    @Tag("long")
    @Test
    void checksums_and_amcheck_find_nothing_in_what_a_delta_made_of_a_failed_primary() throws Exception {
        Assumptions.assumeTrue(
                Files.isExecutable(DEBIANS_15.resolve("bin/pg_amcheck")),
                "pg_amcheck of PostgreSQL 15 is not installed");
        try (PostgresServer server = PostgresServer.of(15).start()) {
            FailedPrimary failed = failedPrimary(server);
            PhysicalRequest request = new RequestBuilder(failed.place(), failed.data())
                    .tablespaces(Map.of(failed.tablespace(), failed.location().toString()))
                    .delta()
                    .keepRunning()
                    .build();

            RestoredCluster restored = restore(DEBIANS_15).run(request, RestoreWatch.NONE);

            try {
                String connection = Objects.requireNonNull(restored.connection());
                assertThat(run(
                                DEBIANS_15.resolve("bin/pg_amcheck").toString(),
                                "--host=" + connection.replaceAll(".*host=(\\S+) .*", "$1"),
                                "--port=" + connection.replaceAll(".*port=(\\d+).*", "$1"),
                                "--username=postgres",
                                "--all",
                                "--install-missing",
                                "--heapallindexed"))
                        .isEmpty();
            } finally {
                Running.stop(failed.data());
            }
            // A clean stop is what pg_checksums wants.
            restore(DEBIANS_15).run(failed.request(), RestoreWatch.NONE);
            assertThat(run(
                            DEBIANS_15.resolve("bin/pg_checksums").toString(),
                            "--check",
                            "-D",
                            failed.data().toString()))
                    .contains("Bad checksums:  0");
        }
    }

    @Tag("long")
    @Test
    void what_was_restored_before_is_restored_again_also_where_its_links_lead_astray() throws Exception {
        try (PostgresServer server = PostgresServer.of(17).start()) {
            FailedPrimary failed = failedPrimary(server);
            Path into = folder.resolve("restored");
            RequestBuilder request = new RequestBuilder(failed.place(), into);
            restore(PostgresBinaries.of(17)).run(request.build(), RestoreWatch.NONE);
            Path link = into.resolve("pg_tblspc").resolve(failed.tablespace());
            Path tablespace = Files.readSymbolicLink(link);
            Path mine = Files.createDirectories(folder.resolve("mine/PG_17_202406281"));
            Files.writeString(mine.resolve("letter"), "mine");
            Files.delete(link);
            Files.createSymbolicLink(link, mine.getParent());

            // when everything is there, and then with another place for the tablespace
            RestoredCluster again = restore(PostgresBinaries.of(17))
                    .run(
                            request.delta()
                                    .restore("00000000-0000-7000-8000-000000000002")
                                    .build(),
                            RestoreWatch.NONE);
            boolean linked = Files.readSymbolicLink(link).equals(tablespace);
            Path moved = folder.resolve("moved");
            restore(PostgresBinaries.of(17))
                    .run(
                            request.tablespaces(Map.of(failed.tablespace(), moved.toString()))
                                    .restore("00000000-0000-7000-8000-000000000003")
                                    .build(),
                            RestoreWatch.NONE);

            // then
            assertThat(linked).isTrue();
            assertThat(Objects.requireNonNull(again.comparison()).bytesKept()).isGreaterThan(again.bytes() / 3);
            assertThat(Files.readSymbolicLink(link)).isEqualTo(moved);
            assertThat(moved).isNotEmptyDirectory();
            assertThat(mine.resolve("letter")).hasContent("mine");
        }
    }

    @Test
    void whatever_is_not_the_stopped_cluster_is_refused_and_left_as_it_was() throws Exception {
        try (PostgresServer server = PostgresServer.of(17).start();
                PostgresServer another = PostgresServer.of(17).start()) {
            Path location = server.newFolder("fast");
            server.execute("postgres", "create tablespace fast location '" + location + "'");
            String tablespace = server.query("postgres", "select oid from pg_tablespace where spcname = 'fast'");
            TargetPlace place =
                    SourceCluster.backUp(server, repository(), PhysicalRestoreTest.BACKUP, work(), each -> {});
            another.stop();

            // running
            assertRefused(place, server.dataDirectory(), Map.of(), "in use");
            server.stop();
            // of another cluster
            assertRefused(place, another.dataDirectory(), Map.of(), "another cluster");
            // a tablespace that is somebody else's
            Path mine = Files.createDirectories(folder.resolve("mine"));
            Files.writeString(mine.resolve("letter"), "mine");
            assertRefused(place, server.dataDirectory(), Map.of(tablespace, mine.toString()), "is not empty");
            assertThat(mine.resolve("letter")).hasContent("mine");
            // no data directory at all
            assertRefused(place, mine, Map.of(), "no PG_VERSION");
            // somebody has a file open
            Path open = server.dataDirectory().resolve("base/1/1259");
            Process reader = new ProcessBuilder("sleep", "600")
                    .redirectInput(open.toFile())
                    .start();
            try {
                assertRefused(place, server.dataDirectory(), Map.of(tablespace, location.toString()), "(sleep) has");
            } finally {
                reader.destroyForcibly().waitFor();
            }
            // nobody can say whose it is
            Path control = server.dataDirectory().resolve("global/pg_control");
            try (RandomAccessFile bytes = new RandomAccessFile(control.toFile(), "rw")) {
                bytes.write(1);
            }
            assertRefused(place, server.dataDirectory(), Map.of(), "cannot be recognised");
            // of another version
            Files.writeString(server.dataDirectory().resolve("PG_VERSION"), "16\n");
            assertRefused(place, server.dataDirectory(), Map.of(), "is of PostgreSQL \"16\"");
        }
    }

    private void assertRefused(TargetPlace place, Path data, Map<String, String> tablespaces, String why)
            throws IOException {
        Map<String, String> before = Trees.of(data);
        PhysicalRequest request =
                new RequestBuilder(place, data).tablespaces(tablespaces).delta().build();
        RestoreException refused = catchThrowableOfType(
                RestoreException.class, () -> restore(PostgresBinaries.of(17)).run(request, RestoreWatch.NONE));
        assertThat(refused).as(why).isNotNull();
        assertThat(refused.failure().category()).isEqualTo(FailureCategory.DESTINATION);
        assertThat(refused.failure().message()).contains(why);
        assertThat(refused.failure().hint()).isNotBlank();
        Map<String, String> after = Trees.of(data);
        before.keySet().removeIf(path -> path.startsWith("pg_stat") || path.startsWith("pg_wal"));
        after.keySet().removeIf(path -> path.startsWith("pg_stat") || path.startsWith("pg_wal"));
        assertThat(after).as(why).isEqualTo(before);
        assertThat(data.resolveSibling("." + data.getFileName() + ".holdfast-restore"))
                .doesNotExist();
    }

    @Tag("long")
    @Test
    void a_delta_into_a_directory_that_is_missing_is_an_ordinary_restore() throws Exception {
        try (PostgresServer server = PostgresServer.of(17).start()) {
            TargetPlace place =
                    SourceCluster.backUp(server, repository(), PhysicalRestoreTest.BACKUP, work(), each -> {});
            RestoredCluster restored = restore(PostgresBinaries.of(17))
                    .run(
                            new RequestBuilder(place, folder.resolve("restored"))
                                    .delta()
                                    .build(),
                            RestoreWatch.NONE);

            assertThat(restored.comparison()).isNull();
            assertThat(restored.checks()).isNotEmpty();
        }
    }

    /** The directory of a tablespace, and what lies in it beside the cluster's own folder. */
    private static Map<String, String> notOurs(Path tablespace) throws IOException {
        Map<String, String> all = Trees.of(tablespace);
        all.keySet().removeIf(path -> path.startsWith("PG_"));
        return all;
    }

    /** Files of relations and their forks; what a server writes at every start is left out. */
    private static Map<String, String> tables(Path top) throws IOException {
        Map<String, String> all = Trees.of(top);
        all.keySet().removeIf(path -> !path.matches("(base|PG_\\w+)/.*") || path.endsWith("pg_internal.init"));
        return all;
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private Repository repository() throws IOException {
        return Repository.openOrInitialise(new MemoryObjectStore(), new UUID(1, 2));
    }

    private Path work() throws IOException {
        return Files.createDirectories(folder.resolve("work"));
    }

    private PhysicalRestore restore(Path home) throws IOException {
        Programs programs = new Programs();
        Path temporary = Path.of(System.getProperty("java.io.tmpdir")).toRealPath();
        return new PhysicalRestore(
                new RestoreRoots(List.of(folder, temporary)),
                new PostgresInstallations(new InstallationFolders(List.of(home)), programs),
                programs,
                "nobody",
                work(),
                Duration.ZERO,
                Clock.systemUTC());
    }
}

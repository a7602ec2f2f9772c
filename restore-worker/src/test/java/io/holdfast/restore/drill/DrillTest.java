package io.holdfast.restore.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.events.drill.DrillCheck;
import io.holdfast.events.drill.DrillReason;
import io.holdfast.events.request.DrillChecks;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.events.restore.RestoreCompleted.Phase;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.restore.SourceCluster;
import io.holdfast.testing.PostgresBinaries;
import io.holdfast.testing.PostgresServer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrillTest {
    private static final BackupId BACKUP = new BackupId("b1");

    @TempDir
    Path folder;

    @Test
    void a_backup_that_is_as_it_has_to_be_passes_is_measured_and_leaves_nothing_but_its_report() throws Exception {
        // given
        DrillBench bench = bench(17);
        try (PostgresServer server = PostgresServer.of(17).start()) {
            fill(server);
            SourceCluster.backUp(server, bench.repository(), BACKUP, bench.work(), connection -> {});
        }

        // when
        DrillResult result = bench.run(new DrillChecks(
                List.of(new SqlCheck(
                        "no order without an item", "shop", "select count(*) from item where id > 300", "0")),
                List.of("waiter"),
                List.of(new DrillChecks.Extension("shop", "plpgsql")),
                List.of(new DrillChecks.Rows("shop", "public.item", 1L, 300L)),
                List.of("sh", "-c", "test -S \"$PGHOST/.s.PGSQL.$PGPORT\"")));

        // then
        assertThat(result.trouble()).isNull();
        assertThat(result.backup()).isEqualTo(BACKUP);
        assertThat(result.measures().phases())
                .extracting(Phase::name)
                .containsExactly("fetch", "start", "recover", "check", "stop");
        assertThat(Objects.requireNonNull(result.measures().rtoSeconds())).isPositive();
        assertThat(Objects.requireNonNull(result.measures().rpoSeconds())).isPositive();
        assertThat(Objects.requireNonNull(result.measures().bytes())).isGreaterThan(1 << 20);
        assertThat(result.checks())
                .filteredOn(check -> Boolean.TRUE.equals(check.passed()))
                .extracting(DrillCheck::name)
                .contains(
                        "no order without an item",
                        "role waiter",
                        "extension plpgsql",
                        "rows of public.item",
                        "smoke command");
        String report = Objects.requireNonNull(result.report());
        assertThat(stored(bench, report + ".html"))
                .contains("orders can be brought back")
                .contains("public.item");
        assertThat(stored(bench, report + ".json"))
                .contains("\"passed\" : true")
                .contains("\"seed\" : 7");
        assertThat(bench.leftovers()).isEmpty();
        assertThat(servers(folder)).isZero();
    }

    @Test
    void each_thing_that_is_not_as_it_has_to_be_is_told_with_its_reason() throws Exception {
        DrillBench bench = bench(17);
        try (PostgresServer server = PostgresServer.of(17).start()) {
            fill(server);
            SourceCluster.backUp(server, bench.repository(), BACKUP, bench.work(), connection -> {});
        }

        DrillResult result = bench.run(new DrillChecks(
                List.of(new SqlCheck("dear", "shop", "select max(id) from item", "301")),
                List.of("cook"),
                List.of(new DrillChecks.Extension(null, "postgis")),
                List.of(new DrillChecks.Rows("shop", "public.item", 301L, null)),
                List.of("sh", "-c", "echo no bread; exit 3")));

        assertThat(result.checks())
                .filteredOn(DrillCheck::failed)
                .extracting(DrillCheck::name, DrillCheck::reason)
                .containsExactlyInAnyOrder(
                        tuple("role cook", DrillReason.MISSING_ROLE),
                        tuple("extension postgis", DrillReason.MISSING_EXTENSION),
                        tuple("rows of public.item", DrillReason.ROW_COUNT),
                        tuple("dear", DrillReason.ASSERTION),
                        tuple("smoke command", DrillReason.SMOKE_COMMAND));
        assertThat(Objects.requireNonNull(result.trouble()).reason()).isEqualTo(DrillReason.MISSING_ROLE);
        assertThat(stored(bench, result.report() + ".html"))
                .contains("no bread")
                .contains("was not brought back");
        assertThat(bench.leftovers()).isEmpty();
        assertThat(servers(folder)).isZero();
    }

    @Test
    void a_page_that_is_not_what_its_checksum_says_is_found() throws Exception {
        // given a cluster with checksums, one of whose pages changed on the disk before it was backed up
        DrillBench bench = bench(17);
        try (PostgresServer server =
                PostgresServer.of(17).initdb("--data-checksums").start()) {
            fill(server);
            Path file = server.dataDirectory().resolve(server.query("shop", "select pg_relation_filepath('item')"));
            server.stop();
            try (RandomAccessFile page = new RandomAccessFile(file.toFile(), "rw")) {
                page.seek(4000);
                page.write(new byte[] {1, 2, 3, 4, 5, 6, 7});
            }
            server.start();
            SourceCluster.backUp(server, bench.repository(), BACKUP, bench.work(), connection -> {});
        }

        DrillResult result = bench.run(DrillChecks.NONE);

        assertThat(Objects.requireNonNull(result.trouble()).reason()).isEqualTo(DrillReason.CORRUPTED_PAGE);
        assertThat(bench.leftovers()).isEmpty();
    }

    @Test
    void a_library_that_this_host_lacks_is_found_though_the_extension_is_there() throws Exception {
        // given a function of a library that no server of this host has
        DrillBench bench = bench(17);
        try (PostgresServer server = PostgresServer.of(17).start()) {
            fill(server);
            server.execute(
                    "shop",
                    "create function lost() returns language_handler language c as '$libdir/plpgsql', 'plpgsql_call_handler'",
                    "update pg_proc set probin = '$libdir/lost' where proname = 'lost'");
            SourceCluster.backUp(server, bench.repository(), BACKUP, bench.work(), connection -> {});
        }

        DrillResult result = bench.run(DrillChecks.NONE);

        assertThat(Objects.requireNonNull(result.trouble()).reason()).isEqualTo(DrillReason.MISSING_EXTENSION);
        assertThat(result.trouble().failure().message()).contains("$libdir/lost");
    }

    @Test
    void what_an_earlier_drill_counted_at_the_same_point_has_to_be_there_again() throws Exception {
        // given a backup that was tried before, with a report that tells of one more row
        DrillBench bench = bench(17);
        TargetPlace place;
        try (PostgresServer server = PostgresServer.of(17).start()) {
            fill(server);
            place = SourceCluster.backUp(server, bench.repository(), BACKUP, bench.work(), connection -> {});
        }
        DrillResult first = bench.run(DrillChecks.NONE);
        assertThat(first.trouble()).isNull();
        DrillResult second = bench.run(DrillChecks.NONE);
        assertThat(second.trouble()).isNull();
        assertThat(second.checks())
                .anySatisfy(check -> assertThat(check.detail()).endsWith("counts agree"));
        String json = stored(bench, first.report() + ".json").replace("\"rows\" : 300", "\"rows\" : 301");
        bench.repository()
                .drillReports(place.target(), place.place())
                .put(BACKUP, "other", new byte[0], json.getBytes(StandardCharsets.UTF_8));

        DrillResult third = bench.run(DrillChecks.NONE);

        assertThat(Objects.requireNonNull(third.trouble()).reason()).isEqualTo(DrillReason.ROW_COUNT);
        assertThat(third.trouble().failure().message()).contains("300").contains("301");
    }

    @Test
    void another_attempt_has_a_report_of_its_own() throws Exception {
        DrillBench bench = bench(17);
        try (PostgresServer server = PostgresServer.of(17).start()) {
            fill(server);
            SourceCluster.backUp(server, bench.repository(), BACKUP, bench.work(), connection -> {});
        }
        DrillResult failed =
                bench.run(new DrillChecks(List.of(), List.of(), List.of(), List.of(), List.of("sh", "-c", "exit 1")));

        DrillResult passed = bench.again(DrillChecks.NONE);

        assertThat(failed.trouble()).isNotNull();
        assertThat(passed.trouble()).isNull();
        assertThat(stored(bench, failed.report() + ".json")).contains("\"passed\" : false");
        assertThat(stored(bench, passed.report() + ".json")).contains("\"passed\" : true");
    }

    @Test
    void a_manifest_that_cannot_be_read_stands_in_nobodys_way_but_its_own() throws Exception {
        // given two backups, of one of which the manifest is damaged
        DrillBench bench = bench(17);
        BackupId damaged = new BackupId("00000000-0000-7000-8000-00000000000a");
        try (PostgresServer server = PostgresServer.of(17).start()) {
            fill(server);
            TargetPlace place =
                    SourceCluster.backUp(server, bench.repository(), BACKUP, bench.work(), connection -> {});
            String manifest = new PlaceLayout(place.target(), place.place())
                    .manifest(damaged)
                    .value();
            bench.repository().store().putIfAbsent(new ObjectKey(manifest), new byte[] {1, 2, 3});
        }

        DrillResult other = bench.run(DrillChecks.NONE);
        DrillResult own = bench.runOn(damaged);

        assertThat(other.trouble()).isNull();
        assertThat(other.backup()).isEqualTo(BACKUP);
        assertThat(other.checks())
                .anyMatch(check -> check.name().equals("backup " + damaged) && check.passed() == null);
        assertThat(Objects.requireNonNull(own.trouble()).reason()).isEqualTo(DrillReason.FETCH);
    }

    @Test
    void a_target_without_a_backup_and_a_host_without_its_postgresql_fail_with_their_reasons() throws Exception {
        DrillBench bench = bench(16);
        DrillResult none = bench.run(DrillChecks.NONE);
        assertThat(Objects.requireNonNull(none.trouble()).reason()).isEqualTo(DrillReason.NO_BACKUP);
        assertThat(none.report()).isNull();

        try (PostgresServer server = PostgresServer.of(17).start()) {
            SourceCluster.backUp(server, bench.repository(), BACKUP, bench.work(), connection -> {});
        }
        DrillResult lacking = bench.run(DrillChecks.NONE);
        assertThat(Objects.requireNonNull(lacking.trouble()).reason()).isEqualTo(DrillReason.HOST);
        assertThat(bench.leftovers()).isEmpty();
    }

    @Test
    void the_server_of_a_drill_writes_nothing_outside_reaches_nobody_and_lands_its_tablespaces_inside()
            throws Exception {
        // given a cluster whose log creates a tablespace at a path of the host, and functions that look around
        DrillBench bench = bench(17);
        Path outside;
        try (PostgresServer server = PostgresServer.of(17).start();
                ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            fill(server);
            outside = server.newFolder("elsewhere");
            SourceCluster.backUp(server, bench.repository(), BACKUP, bench.work(), connection -> {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("create tablespace fast location '" + outside + "'");
                    statement.execute("create table quick tablespace fast as select generate_series(1, 50) as id");
                }
            });
            Trees before = Trees.of(outside);
            Path trace = Files.createDirectory(folder.resolve("trace"));
            Files.setPosixFilePermissions(trace, java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));

            // when the drill's own program, a superuser of that server, does what it can
            String port = Integer.toString(listener.getLocalPort());
            DrillResult result = bench.run(new DrillChecks(
                    List.of(
                            new SqlCheck("rows of the tablespace", "postgres", "select count(*) from quick", "50"),
                            new SqlCheck("no listening", null, "select current_setting('listen_addresses')", "")),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(
                            "bash",
                            "-c",
                            "(exec 3<>/dev/tcp/127.0.0.1/" + port + ") && exit 11; touch " + trace
                                    + "/x && exit 12; touch " + outside + "/x && test -e " + outside
                                    + "/x || true; exit 0")));

            // then it came to nothing, and outside all is as it was
            assertThat(result.trouble()).isNull();
            assertThat(trace).isEmptyDirectory();
            assertThat(Trees.of(outside)).isEqualTo(before);
        }
        assertThat(bench.leftovers()).isEmpty();
        assertThat(servers(folder)).isZero();
    }

    @Test
    void a_whole_installation_also_checks_every_page_and_every_index() throws Exception {
        Path debian = Path.of("/usr/lib/postgresql/15");
        assumeTrue(
                Files.isExecutable(debian.resolve("bin/pg_amcheck"))
                        && Files.isExecutable(debian.resolve("bin/pg_checksums")),
                "skipped: PostgreSQL 15 with pg_amcheck and pg_checksums is not installed in " + debian);
        DrillBench bench = new DrillBench(folder, List.of(debian));
        try (PostgresServer server =
                PostgresServer.of(15).initdb("--data-checksums").start()) {
            fill(server);
            SourceCluster.backUp(server, bench.repository(), BACKUP, bench.work(), connection -> {});
        }

        DrillResult result = bench.run(new DrillChecks(
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of("psql", "-d", "shop", "-c", "select count(*) from item")));

        assertThat(result.trouble()).isNull();
        assertThat(result.checks())
                .filteredOn(check -> Boolean.TRUE.equals(check.passed()))
                .extracting(DrillCheck::name)
                .contains("pg_amcheck", "page checksums", "smoke command");
    }

    private static void fill(PostgresServer server) {
        server.execute("postgres", "create role waiter login");
        server.execute("postgres", "create database shop owner waiter");
        server.execute("shop", "create table item as select generate_series(1, 300) as id, 'bread' as what");
        server.execute("shop", "create index on item (id)", "checkpoint");
    }

    private DrillBench bench(int major) throws IOException {
        return new DrillBench(folder, List.of(PostgresBinaries.of(major)));
    }

    private static String stored(DrillBench bench, @Nullable String key) throws IOException {
        try (var in = bench.repository().store().open(new ObjectKey(Objects.requireNonNull(key)))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** How many processes name this folder, in any namespace. */
    private static long servers(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.filter(each -> {
                        try {
                            return Files.readString(each.resolve("cmdline")).contains(folder + "/drills");
                        } catch (IOException none) {
                            return false;
                        }
                    })
                    .count();
        }
    }

    /** The names and sizes below a directory. */
    private record Trees(List<String> files) {
        static Trees of(Path top) throws IOException {
            try (Stream<Path> all = Files.walk(top)) {
                return new Trees(all.map(each -> top.relativize(each)
                                + (Files.isRegularFile(each)
                                        ? " " + each.toFile().length()
                                        : ""))
                        .sorted()
                        .toList());
            }
        }
    }
}

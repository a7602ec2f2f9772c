package io.holdfast.restore.physical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.contentOf;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.RestoreId;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.store.StoreAccess;
import io.holdfast.repository.store.StoreAddress;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.SourceCluster;
import io.holdfast.restore.cluster.PostgresInstallations;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.runtime.postgres.InstallationFolders;
import io.holdfast.testing.PostgresBinaries;
import io.holdfast.testing.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PhysicalRestoreTest {
    static final BackupId BACKUP = new BackupId("b1");
    private static final String RESTORE = "00000000-0000-7000-8000-000000000001";
    private static final String OTHER = "00000000-0000-7000-8000-000000000002";

    private static @Nullable TargetPlace small;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_backup_made_under_writes_comes_back_as_it_was_at_its_end(int major) throws Exception {
        // given a cluster with roles, awkward names and more connections than usual, written to during its backup
        Repository repository = repository();
        TargetPlace place;
        try (PostgresServer server = PostgresServer.of(major)
                .setting("max_connections", "137")
                .setting("max_prepared_transactions", "7")
                .setting("password_encryption", "scram-sha-256")
                .start()) {
            server.execute("postgres", "create role shop login password 'over the counter'");
            server.execute("postgres", "create database \"or;ders $()\" owner shop");
            server.execute("or;ders $()", "create table \"odd '\"\"; name\" as select generate_series(1, 1000) as id");
            server.execute("or;ders $()", "create unlogged table scratch as select 1 as id");
            server.execute(
                    "postgres",
                    "create database halfway",
                    // As DROP DATABASE does at its beginning.
                    "update pg_database set datconnlimit = -2 where datname = 'halfway'");
            place = SourceCluster.backUp(server, repository, BACKUP, work(), connection -> {
                try (Connection other = server.connect("or;ders $()");
                        Statement statement = other.createStatement()) {
                    statement.execute("insert into \"odd '\"\"; name\" select generate_series(1001, 1500)");
                }
            });
        }
        Path into = folder.resolve("restored");
        Set<RestorePhase> phases = java.util.Collections.synchronizedSet(EnumSet.noneOf(RestorePhase.class));

        // when it is restored
        RestoredCluster restored = restore(major)
                .run(
                        request(place, into)
                                .keepRunning()
                                .role("shop")
                                .check(new SqlCheck(
                                        "all there",
                                        "or;ders $()",
                                        "select count(*) from public.\"odd '\"\"; name\"",
                                        "1500"))
                                .build(),
                        watch(phases));

        // then it runs, its own role comes in with its own password, and no row is missing
        try {
            assertThat(restored.checks())
                    .contains(new CheckResult("all there", "or;ders $()", "1500", "1500"))
                    .contains(new CheckResult("tables", "or;ders $()", "2", null))
                    .contains(new CheckResult("rows", "or;ders $()", "1500", null))
                    .contains(new CheckResult("database was being dropped", "halfway", "drop it", null));
            assertThat(restored.connection()).startsWith("host=127.0.0.1 port=").endsWith(" user=shop dbname=postgres");
            assertThat(restored.missing()).isEmpty();
            assertThat(phases)
                    .contains(RestorePhase.FETCH, RestorePhase.START, RestorePhase.RECOVER, RestorePhase.CHECK);
            assertThat(Running.query(restored, "or;ders $()", "select current_setting('max_connections')"))
                    .isEqualTo("137");
            assertThat(into.resolve("postgresql.conf.found")).exists();
            assertThat(into.resolve("holdfast-restore/server.log")).content().contains("consistent recovery state");
        } finally {
            Running.stop(into);
        }
    }

    @Test
    void a_stopped_cluster_keeps_its_tablespaces_where_they_were_asked_for() throws Exception {
        // given two tablespaces
        TargetPlace place;
        String first;
        String second;
        try (PostgresServer server = PostgresServer.of(17).start()) {
            Path one = server.newFolder("one");
            Path two = server.newFolder("two");
            server.execute("postgres", "create tablespace one location '" + one + "'");
            server.execute("postgres", "create tablespace two location '" + two + "'");
            server.execute("postgres", "create table in_one tablespace one as select generate_series(1, 10) as id");
            server.execute("postgres", "create table in_two tablespace two as select generate_series(1, 20) as id");
            first = server.query("postgres", "select oid from pg_tablespace where spcname = 'one'");
            second = server.query("postgres", "select oid from pg_tablespace where spcname = 'two'");
            place = SourceCluster.backUp(server, repository(), BACKUP, work(), connection -> {});
        }
        Path into = folder.resolve("restored");

        // when one is mapped and the other is not
        RestoredCluster restored = restore(17)
                .run(
                        request(place, into)
                                .tablespaces(Map.of(
                                        first, folder.resolve("elsewhere/one").toString()))
                                .build(),
                        RestoreWatch.NONE);

        // then each is where it belongs, the rows were counted, and nothing runs any more
        assertThat(Files.readSymbolicLink(into.resolve("pg_tblspc").resolve(first)))
                .isEqualTo(folder.resolve("elsewhere/one"));
        assertThat(Files.readSymbolicLink(into.resolve("pg_tblspc").resolve(second)))
                .isEqualTo(folder.resolve("restored.tablespaces").resolve(second));
        assertThat(restored.checks())
                .contains(new CheckResult("rows of public.in_one", "postgres", "10", null))
                .contains(new CheckResult("rows of public.in_two", "postgres", "20", null));
        assertThat(restored.connection()).isNull();
        assertThat(into.resolve("postmaster.pid")).doesNotExist();
        assertThat(work().resolve(PhysicalRestore.SERVERS)).isEmptyDirectory();
    }

    @Test
    void a_cluster_without_a_superuser_called_postgres_is_looked_at_as_well() throws Exception {
        // given a cluster whose first superuser has an awkward name, and nobody else
        TargetPlace place;
        try (PostgresServer server = PostgresServer.of(16).start()) {
            server.execute("postgres", "create table item as select generate_series(1, 100) as id");
            server.execute("postgres", "create role keeper superuser login");
            try (Connection keeper = DriverManager.getConnection(server.jdbcUrl("postgres"), "keeper", "");
                    Statement statement = keeper.createStatement()) {
                statement.execute("alter role postgres rename to \"The \"\"boss\"\"\"");
            }
            place = SourceCluster.backUpAs("keeper", server, repository(), BACKUP, work(), connection -> {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("grant execute on function pg_backup_stop(boolean) to keeper");
                    statement.execute("alter role keeper nosuperuser");
                }
            });
        }
        Path into = folder.resolve("restored");

        // when it is restored and left running
        RestoredCluster restored =
                restore(16).run(request(place, into).keepRunning().build(), RestoreWatch.NONE);

        // then the name was found out, and leads in over the socket
        try {
            assertThat(restored.checks()).contains(new CheckResult("rows", "postgres", "100", null));
            assertThat(restored.connection())
                    .startsWith("host=" + into)
                    .endsWith("user='The \"boss\"' dbname=postgres");
        } finally {
            Running.stop(into);
        }
    }

    @Test
    void a_failing_check_fails_the_restore_and_removes_what_it_wrote() throws Exception {
        // given a destination that exists and is empty
        TargetPlace place = smallBackup();
        Path into = Files.createDirectory(folder.resolve("restored"));

        // when the request expects what is not there
        RestoreException failure = failure(
                restore(17),
                request(place, into)
                        .check(new SqlCheck("count", null, "select count(*) from item", "101"))
                        .build());

        // then it says what it found, and the directory is empty again
        assertThat(failure.failure().category()).isEqualTo(FailureCategory.CHECK_FAILED);
        assertThat(failure.failure().message()).contains("gave 100, expected 101");
        assertThat(into).isEmptyDirectory();
        assertThat(folder)
                .isDirectoryNotContaining(path -> path.getFileName().toString().startsWith("."));
    }

    @Test
    void a_destination_that_holds_anything_is_refused_and_left_alone() throws Exception {
        TargetPlace place = smallBackup();
        Path into = Files.createDirectory(folder.resolve("restored"));
        Files.writeString(into.resolve("PG_VERSION"), "17");
        Files.writeString(into.resolve("postmaster.pid"), "1");

        RestoreException failure = failure(restore(17), request(place, into).build());

        assertThat(failure.failure().category()).isEqualTo(FailureCategory.DESTINATION);
        assertThat(failure.failure().message()).contains("holds a PostgreSQL cluster that is running");
        assertThat(into.resolve("PG_VERSION")).hasContent("17");
        assertThat(into.resolve("postmaster.pid")).hasContent("1");
    }

    @Test
    void what_a_killed_attempt_left_is_replaced_by_the_same_restore_and_refused_to_others() throws Exception {
        // given a restored server that runs, as a worker leaves it that is killed before it says so
        TargetPlace place = smallBackup();
        Path into = folder.resolve("restored");
        PhysicalRequest request = request(place, into).keepRunning().build();
        restore(17).run(request, RestoreWatch.NONE);
        long first = Running.pid(into);

        // when another restore wants the place, and then the same one once more
        RestoreException refused =
                failure(restore(17), request(place, into).restore(OTHER).build());
        boolean leftAlone = ProcessHandle.of(first).orElseThrow().isAlive();
        restore(17).run(request, RestoreWatch.NONE);

        // then the other is refused, and the same one has a new server
        try {
            assertThat(refused.failure().category()).isEqualTo(FailureCategory.DESTINATION);
            assertThat(leftAlone).isTrue();
            assertThat(Running.pid(into)).isNotEqualTo(first);
            // Found by whoever takes the host's Holdfast down after the worker died.
            assertThat(contentOf(listed().toFile())).isEqualTo(Running.pid(into) + "\n" + into);
        } finally {
            Running.stop(into);
        }
    }

    @Test
    void half_written_files_of_the_same_restore_are_replaced() throws Exception {
        // given what a worker leaves that is killed while it fetches
        TargetPlace place = smallBackup();
        Path into = folder.resolve("restored");
        PhysicalRequest request = request(place, into).build();
        BackupContent.Physical content =
                (BackupContent.Physical) place.read(BACKUP).manifest().details().content();
        Destination destination = Destination.plan(request, new RestoreRoots(List.of(folder)), content);
        ClaimedPlaces.claim(destination, false, false);
        Files.writeString(into.resolve("half"), "written");

        // when the job is taken over
        restore(17).run(request, RestoreWatch.NONE);

        // then the restore is whole and has nothing of the old one
        assertThat(into.resolve("PG_VERSION")).exists();
        assertThat(into.resolve("half")).doesNotExist();
    }

    @Test
    void a_backup_that_is_not_encrypted_is_refused_where_it_must_be_before_anything_is_written() throws Exception {
        TargetPlace place = smallBackup();
        Path into = folder.resolve("restored");

        RestoreException failure =
                failure(restore(17), request(place, into).encryptedOnly().build());

        assertThat(failure.failure().category()).isEqualTo(FailureCategory.REFUSED);
        assertThat(failure.failure().message()).contains("is not encrypted");
        assertThat(into).doesNotExist();
    }

    @Test
    void no_installation_of_the_right_major_is_said_before_anything_is_written() throws Exception {
        TargetPlace place = smallBackup();
        Path into = folder.resolve("restored");

        RestoreException failure = failure(restore(16, 18), request(place, into).build());

        assertThat(failure.failure().category()).isEqualTo(FailureCategory.TOOL_VERSION);
        assertThat(failure.failure().message())
                .contains("PostgreSQL 17")
                .contains("16.15")
                .contains("18.6");
        assertThat(into).doesNotExist();
    }

    @Test
    void damage_is_refused_with_the_file_named_unless_it_is_accepted() throws Exception {
        // given a repository where one byte is flipped
        Path store = Files.createDirectory(folder.resolve("repository"));
        Repository repository = Repository.openOrInitialise(
                StoreAddress.parse("file://" + store).connect(StoreAccess.NONE), new UUID(1, 2));
        TargetPlace place;
        String file;
        try (PostgresServer server = PostgresServer.of(17).start()) {
            server.execute("postgres", "create table item as select generate_series(1, 1000) as id");
            file = server.query("postgres", "select pg_relation_filepath('item')");
            place = SourceCluster.backUp(server, repository, BACKUP, work(), connection -> {});
        }
        Flip.aByteOf(place.read(BACKUP), file, store);
        Path into = folder.resolve("restored");

        // when it is restored without and with acceptance
        RestoreException failure = failure(restore(17), request(place, into).build());
        boolean nothingLeft = Files.notExists(into);
        RestoredCluster restored =
                restore(17).run(request(place, into).acceptDamage().build(), RestoreWatch.NONE);

        // then it is refused, and with acceptance it is said what is missing
        assertThat(failure.failure().category()).isEqualTo(FailureCategory.REPOSITORY_DAMAGED);
        assertThat(failure.failure().message()).contains(file);
        assertThat(failure.damages())
                .isNotEmpty()
                .allSatisfy(damage -> assertThat(damage.file()).isEqualTo(file));
        assertThat(nothingLeft).isTrue();
        assertThat(restored.missing()).isNotEmpty();
    }

    @Test
    void stopping_in_the_middle_of_the_fetch_leaves_what_another_attempt_needs_or_nothing() throws Exception {
        TargetPlace place = smallBackup();
        Path into = folder.resolve("restored");
        // The first bytes interrupt the restoring thread, as a cancelled job does.
        Thread restoring = Thread.currentThread();
        RestoreWatch stopping = new RestoreWatch() {
            @Override
            public void progress(RestorePhase phase, long done, @Nullable Long total) {
                if (phase == RestorePhase.FETCH) {
                    restoring.interrupt();
                }
            }

            @Override
            public boolean stopRequested() {
                return false;
            }
        };

        InterruptedException stopped = catchThrowableOfType(
                InterruptedException.class,
                () -> restore(17).run(request(place, into).build(), stopping));

        assertThat(stopped).isNotNull();
        assertThat(folder.resolve(".restored.holdfast-restore")).content().startsWith("restore " + RESTORE);
        assertThat(into.resolve("global/pg_control")).doesNotExist();

        // and when no other attempt follows
        restore(17).discard(RestoreId.of(OTHER), into.toString());
        boolean anothersLeftAlone = Files.exists(into);
        restore(17).discard(RestoreId.of(RESTORE), into.toString());

        assertThat(anothersLeftAlone).isTrue();
        assertThat(into).doesNotExist();
        assertThat(folder.resolve(".restored.holdfast-restore")).doesNotExist();
    }

    private static RestoreException failure(PhysicalRestore restore, PhysicalRequest request) {
        RestoreException failure =
                catchThrowableOfType(RestoreException.class, () -> restore.run(request, RestoreWatch.NONE));
        assertThat(failure).isNotNull();
        return failure;
    }

    /** One for all tests that need no more than any backup. */
    private TargetPlace smallBackup() throws IOException, SQLException {
        TargetPlace made = small;
        if (made == null) {
            try (PostgresServer server = PostgresServer.of(17).start()) {
                server.execute("postgres", "create table item as select generate_series(1, 100) as id");
                made = SourceCluster.backUp(server, repository(), BACKUP, work(), connection -> {});
                small = made;
            }
        }
        return made;
    }

    private Repository repository() throws IOException {
        return Repository.openOrInitialise(new MemoryObjectStore(), new UUID(1, 2));
    }

    private Path work() throws IOException {
        return Files.createDirectories(folder.resolve("work"));
    }

    private Path listed() throws IOException {
        try (Stream<Path> list = Files.list(work().resolve(PhysicalRestore.SERVERS))) {
            return list.toList().getFirst();
        }
    }

    private PhysicalRestore restore(int... majors) throws IOException {
        Programs programs = new Programs();
        List<Path> homes =
                java.util.Arrays.stream(majors).mapToObj(PostgresBinaries::of).toList();
        return new PhysicalRestore(
                new RestoreRoots(List.of(folder)),
                new PostgresInstallations(new InstallationFolders(homes), programs),
                programs,
                "nobody",
                work(),
                Duration.ZERO,
                Clock.systemUTC());
    }

    static RestoreWatch watch(Set<RestorePhase> seen) {
        return new RestoreWatch() {
            @Override
            public void progress(RestorePhase phase, long done, @Nullable Long total) {
                seen.add(phase);
            }

            @Override
            public boolean stopRequested() {
                return false;
            }
        };
    }

    private static RequestBuilder request(TargetPlace place, Path into) {
        return new RequestBuilder(place, into);
    }
}

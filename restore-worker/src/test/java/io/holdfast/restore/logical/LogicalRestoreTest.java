package io.holdfast.restore.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.RestoreId;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupDetails;
import io.holdfast.repository.manifest.BackupKind;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.repository.write.BackupWriter;
import io.holdfast.repository.write.WriterOptions;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.cluster.PostgresInstallations;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.runtime.postgres.InstallationFolders;
import io.holdfast.runtime.secrets.Secret;
import io.holdfast.testing.PostgresBinaries;
import io.holdfast.testing.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogicalRestoreTest {
    private static final Path CLIENTS = StoredDump.CLIENTS;
    private static final BackupId BACKUP = new BackupId("d1");
    private static final RestoreId RESTORE = new RestoreId(new UUID(1, 2));
    private static final Secret PASSWORD = new Secret("a:b\\c d");

    private static @Nullable PostgresServer server;
    private static @Nullable TargetPlace place;
    private static @Nullable Path folder;

    @BeforeAll
    static void a_dump_of_a_database_with_owners_rights_and_awkward_names(@TempDir Path work) throws Exception {
        assumeTrue(
                Files.isExecutable(CLIENTS.resolve("bin/pg_dump")),
                "PostgreSQL 15's client programs are not installed at " + CLIENTS);
        TargetPlace made = Repository.openOrInitialise(new MemoryObjectStore(), new UUID(1, 2))
                .at(new TargetName("orders"), Place.LOGICAL);
        try (PostgresServer source = PostgresServer.of(15).start()) {
            source.execute("postgres", "create role shop", "create role \"re;porting\"");
            source.execute("postgres", "create database \"or;ders\"");
            source.execute(
                    "or;ders",
                    "create table item as select generate_series(1, 5000) as id, repeat('x', 200) as text",
                    "alter table item owner to shop",
                    "grant select on item to \"re;porting\"",
                    "create schema \"odd '\"\" schema\"",
                    "create table \"odd '\"\" schema\".\"-oX; $(name)\" (id int)");
            try (BackupWriter writer = made.beginBackup(BACKUP, new AttemptId("a1"), WriterOptions.defaults(work))) {
                FilePath globals = StoredDump.dumped(writer, source, "globals", "pg_dumpall", "--globals-only");
                FilePath dump = StoredDump.dumped(
                        writer, source, "dump", "pg_dump", "--format=custom", "--compress=0", "--dbname=or%3Bders");
                writer.commit(BackupDetails.of(
                        BackupKind.LOGICAL,
                        Instant.EPOCH,
                        Instant.EPOCH,
                        new BackupContent.Logical(
                                150000,
                                "15.9 (Debian 15.9-0+deb12u1)",
                                List.of(new BackupContent.DumpedDatabase("or;ders", dump)),
                                Optional.of(globals))));
            }
        }
        PostgresServer destination = PostgresServer.of(15)
                .setting("password_encryption", "scram-sha-256")
                .hba("host all keeper 127.0.0.1/32 scram-sha-256")
                .start();
        destination.execute("postgres", "create role keeper superuser login password 'a:b\\c d'");
        server = destination;
        place = made;
        folder = work;
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void a_dump_comes_back_with_its_owners_and_rights() throws Exception {
        SqlCheck check = new SqlCheck("sum", null, "select sum(id) from item", "12502500");

        LoadedDatabase loaded = restore().run(request("new; one", check), RestoreWatch.NONE);

        assertThat(loaded.checks())
                .contains(new CheckResult("roles made without login", null, "re;porting, shop", null))
                .contains(new CheckResult("tables of the dump", "new; one", "2", "2"))
                .contains(new CheckResult("rows of public.item", "new; one", "5000", null))
                .contains(new CheckResult("sum", "new; one", "12502500", "12502500"));
        assertThat(folder().resolve(PasswordFile.DIRECTORY)).isEmptyDirectory();
        assertThat(loaded.connection()).contains("dbname='new; one'").doesNotContain("a:b");
        assertThat(server().query("new; one", "select tableowner from pg_tables where tablename = 'item'"))
                .isEqualTo("shop");
        assertThat(server().query("new; one", "select has_table_privilege('re;porting', 'item', 'select')"))
                .isIn("t", "true");
        assertThat(server().query("postgres", "select rolcanlogin from pg_roles where rolname = 'shop'"))
                .isIn("f", "false");
        server().execute("postgres", "drop database \"new; one\"", "drop role shop", "drop role \"re;porting\"");
    }

    @Test
    void a_database_that_holds_anything_is_refused_and_left_alone() {
        server().execute("postgres", "create database full_one");
        server().execute("full_one", "create table mine as select 1 as id");

        RestoreException failure = failure(request("full_one", null), RestoreWatch.NONE);

        assertThat(failure.failure().category()).isEqualTo(FailureCategory.DESTINATION);
        assertThat(failure.failure().message()).contains("full_one is not empty");
        assertThat(server().query("full_one", "select count(*) from pg_tables where schemaname = 'public'"))
                .isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_load_whose_outcome_was_lost_is_completed_by_the_next_attempt_of_that_restore_only(boolean there)
            throws Exception {
        // given: all was loaded, and nobody heard of it
        if (there) {
            server().execute("postgres", "create database lost");
        }
        LoadedDatabase first = restore().run(request("lost", null), RestoreWatch.NONE);
        server().execute("lost", "create schema made_since");

        // when
        LoadedDatabase second = restore().run(request("lost", null), RestoreWatch.NONE);
        RestoreException other = failure(request(new RestoreId(new UUID(3, 4)), "lost", null), RestoreWatch.NONE);

        // then
        assertThat(second.checks()).isEqualTo(first.checks());
        assertThat(other.failure().message()).contains("lost is not empty");
        assertThat(server().query("lost", "select count(*) from pg_namespace where nspname = 'made_since'"))
                .isEqualTo("1");
        server().execute("postgres", "drop database lost", "drop role shop", "drop role \"re;porting\"");
    }

    @Test
    void a_load_that_outlived_its_worker_is_ended_before_the_next_attempt_loads() throws Exception {
        // given: a database that this restore made, and the session of a program that nobody waits for any more
        try (DestinationServer dead = new DestinationServer(address("going_on"), RESTORE)) {
            dead.claim(RestoreWatch.NONE);
            dead.prepare(null, false, RestoreWatch.NONE);
            dead.makeMissing(Set.of("shop"));
        }
        try (Connection orphan = address("going_on").connect("going_on", "");
                Statement loading = orphan.createStatement()) {
            orphan.setAutoCommit(false);
            loading.execute("create table item (id int)");

            // when
            LoadedDatabase loaded = restore().run(request("going_on", null), RestoreWatch.NONE);

            // then
            assertThat(loaded.checks())
                    .contains(new CheckResult("rows of public.item", "going_on", "5000", null))
                    .contains(new CheckResult("roles made without login", null, "re;porting, shop", null));
            assertThat(orphan.isValid(10)).isFalse();
        }
        server().execute("postgres", "drop database going_on", "drop role shop", "drop role \"re;porting\"");
    }

    @Test
    void what_an_earlier_attempt_made_is_removed_when_the_restore_fails() throws Exception {
        restore().run(request("broken_off", null), RestoreWatch.NONE);

        failure(request("broken_off", new SqlCheck("sum", null, "select 1", "2")), RestoreWatch.NONE);

        assertNothingLeft("broken_off");
    }

    @Test
    void a_failing_check_takes_database_and_roles_away_again() {
        RestoreException failure =
                failure(request("failing", new SqlCheck("sum", null, "select 1", "2")), RestoreWatch.NONE);

        assertThat(failure.failure().category()).isEqualTo(FailureCategory.CHECK_FAILED);
        assertNothingLeft("failing");
    }

    @Test
    void stopping_while_it_loads_leaves_nothing() {
        AtomicBoolean stop = new AtomicBoolean();
        RestoreWatch watch = new RestoreWatch() {
            @Override
            public void progress(RestorePhase phase, long done, @Nullable Long total) {
                stop.compareAndSet(false, done > 0);
            }

            @Override
            public boolean stopRequested() {
                return stop.get();
            }
        };

        InterruptedException stopped =
                catchThrowableOfType(InterruptedException.class, () -> restore().run(request("stopped", null), watch));

        assertThat(stopped).isNotNull();
        assertNothingLeft("stopped");
    }

    @Test
    void a_missing_extension_is_named_before_anything_is_changed() {
        RestoreException failure = catchThrowableOfType(
                RestoreException.class,
                () -> DestinationRequirements.extensions(address("any"), Set.of("plpgsql", "no_such_extension")));

        assertThat(failure.failure().message()).contains("[no_such_extension]");
    }

    @Test
    void a_wrong_password_is_said_as_such_and_not_repeated() {
        ServerAddress wrong =
                new ServerAddress("127.0.0.1", server().port(), "keeper", new Secret("wr0ng"), "any", "disable");

        RestoreException failure = catchThrowableOfType(
                RestoreException.class,
                () -> restore()
                        .run(
                                new LogicalRequest(
                                        RESTORE, place(), BACKUP, wrong, null, Selection.ALL, 1, List.of(), false),
                                RestoreWatch.NONE));

        assertThat(failure.failure().category()).isEqualTo(FailureCategory.AUTHENTICATION);
        assertThat(failure.getMessage()).doesNotContain("wr0ng");
    }

    @Test
    void a_backup_that_is_not_encrypted_is_refused_where_it_must_be() {
        LogicalRequest request = new LogicalRequest(
                RESTORE, place(), BACKUP, address("sealed"), null, Selection.ALL, 1, List.of(), true);

        assertThat(failure(request, RestoreWatch.NONE).failure().category()).isEqualTo(FailureCategory.REFUSED);
        assertThat(server().query("postgres", "select count(*) from pg_database where datname = 'sealed'"))
                .isEqualTo("0");
    }

    @Test
    void no_pg_restore_of_the_dumps_version_is_said_beforehand() {
        PostgresInstallations none =
                new PostgresInstallations(new InstallationFolders(List.of(PostgresBinaries.of(15))), new Programs());

        RestoreException failure = catchThrowableOfType(
                RestoreException.class,
                () -> new LogicalRestore(none, folder(), Clock.systemUTC())
                        .run(request("any", null), RestoreWatch.NONE));

        assertThat(failure.failure().category()).isEqualTo(FailureCategory.TOOL_VERSION);
        assertThat(failure.failure().message()).contains("15.9").contains("no pg_restore was found");
    }

    private static void assertNothingLeft(String database) {
        assertThat(server().query("postgres", "select count(*) from pg_database where datname = '" + database + "'"))
                .isEqualTo("0");
        assertThat(server().query("postgres", "select count(*) from pg_roles where rolname = 'shop'"))
                .isEqualTo("0");
    }

    private static RestoreException failure(LogicalRequest request, RestoreWatch watch) {
        RestoreException failure =
                catchThrowableOfType(RestoreException.class, () -> restore().run(request, watch));
        assertThat(failure).isNotNull();
        return failure;
    }

    private static LogicalRestore restore() {
        return new LogicalRestore(
                new PostgresInstallations(new InstallationFolders(List.of(CLIENTS)), new Programs()),
                folder(),
                Clock.systemUTC());
    }

    private static LogicalRequest request(String database, @Nullable SqlCheck check) {
        return request(RESTORE, database, check);
    }

    private static LogicalRequest request(RestoreId restore, String database, @Nullable SqlCheck check) {
        return new LogicalRequest(
                restore,
                place(),
                BACKUP,
                address(database),
                null,
                Selection.ALL,
                1,
                check == null ? List.of() : List.of(check),
                false);
    }

    private static ServerAddress address(String database) {
        return new ServerAddress("127.0.0.1", server().port(), "keeper", PASSWORD, database, "disable");
    }

    private static PostgresServer server() {
        return java.util.Objects.requireNonNull(server);
    }

    private static Path folder() {
        return java.util.Objects.requireNonNull(folder);
    }

    private static TargetPlace place() {
        return java.util.Objects.requireNonNull(place);
    }
}

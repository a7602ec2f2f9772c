package io.holdfast.restore.extract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.RestoreId;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.request.RestoreDestination.Table;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.events.restore.RestoreCompleted.Phase;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Repository;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.TickingCluster;
import io.holdfast.restore.cluster.PostgresInstallations;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.restore.logical.LoadOrder;
import io.holdfast.restore.logical.LogicalRestore;
import io.holdfast.restore.logical.Selection;
import io.holdfast.restore.logical.ServerAddress;
import io.holdfast.restore.physical.PhysicalRequest;
import io.holdfast.restore.physical.PhysicalRestore;
import io.holdfast.restore.physical.RestoreRoots;
import io.holdfast.restore.sandbox.SandboxLimits;
import io.holdfast.runtime.postgres.InstallationFolders;
import io.holdfast.testing.PostgresBinaries;
import io.holdfast.testing.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Takes parts of a real cluster's physical backup back into the very server that goes on meanwhile. */
@Timeout(300)
class ClusterExtractTest {
    private static final Path CLIENTS = Path.of("/usr/lib/postgresql/15");
    private static final BackupId BACKUP = new BackupId("b1");

    private static @Nullable TickingCluster cluster;
    private static @Nullable Path folder;
    private static String beforeDrop = "";
    private static int restores;

    @BeforeAll
    static void a_table_is_dropped_after_the_backup_and_others_go_on(@TempDir Path work) throws Exception {
        assumeTrue(
                Files.isExecutable(CLIENTS.resolve("bin/pg_dump")),
                "PostgreSQL 15's client programs are not installed at " + CLIENTS);
        folder = work;
        Files.createDirectories(work.resolve("work"));
        Repository repository = Repository.openOrInitialise(new MemoryObjectStore(), new UUID(1, 2));
        TickingCluster made = TickingCluster.start(15, repository, work.resolve("work"));
        cluster = made;
        PostgresServer server = made.server();
        server.execute("postgres", "create database app", "create role clerk", "comment on database app is 'ours'");
        server.execute(
                "app",
                "create schema shop",
                "create schema other",
                "create type shop.state as enum ('new', 'done')",
                "create table shop.customers (id serial primary key, name text)",
                "create table shop.orders (id bigint generated always as identity primary key,"
                        + " customer int not null references shop.customers, state shop.state default 'new',"
                        + " n int check (n > 0))",
                "create index orders_by_state on shop.orders (state) where n > 1",
                "comment on table shop.orders is 'what was ordered'",
                "grant select on shop.orders to clerk",
                "create table other.large as select i as id, repeat('x', 500) as load from generate_series(1, 2000) i",
                "create table other.\"odd \"\"t\"\" größe\" (id int primary key)",
                "create table other.parted (id int, at date) partition by range (at)",
                "create table other.parted_1 partition of other.parted for values from ('2020-01-01') to ('2021-01-01')",
                "insert into other.parted select i, '2020-06-01' from generate_series(1, 10) i",
                "insert into other.\"odd \"\"t\"\" größe\" values (1), (2)",
                "insert into shop.customers (name) select 'c' || i from generate_series(1, 100) i",
                "insert into shop.orders (customer, n) select i, i from generate_series(1, 100) i");
        made.backUp(BACKUP);

        // after the backup: rows that only the log has, then somebody drops the table, and others work on
        server.execute("app", "insert into shop.orders (customer, n) select i, 7 from generate_series(1, 50) i");
        beforeDrop = server.query("app", "select pg_current_wal_insert_lsn()");
        server.execute(
                "app",
                "drop table shop.orders",
                "update shop.customers set name = 'renamed' where id = 1",
                "insert into shop.customers (name) values ('since')",
                "delete from other.large where id = 7");
        made.archive();
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void a_dropped_table_comes_back_as_it_was_before_into_the_live_server_and_nothing_else_is_touched()
            throws Exception {
        String before = fingerprint();

        ExtractedPart part = extract("app", tables(new Table("shop", "orders")), RestoreWatch.NONE);

        // the rows of the backup and those of the log, with all that belongs to the table
        assertThat(query("app", "select count(*) || ' ' || sum(n) || ' ' || max(id) from shop.orders"))
                .isEqualTo("150 5400 150");
        assertThat(query(
                        "app",
                        "select string_agg(indexrelid::regclass || ' ' || indisvalid, ', ' order by indexrelid::regclass::text)"
                                + " from pg_index where indrelid = 'shop.orders'::regclass"))
                .isEqualTo("shop.orders_by_state true, shop.orders_pkey true");
        assertThat(query(
                        "app",
                        "select string_agg(pg_get_constraintdef(oid), ', ' order by conname) from pg_constraint"
                                + " where conrelid = 'shop.orders'::regclass and contype <> 'n'"))
                .isEqualTo("FOREIGN KEY (customer) REFERENCES shop.customers(id), CHECK ((n > 0)), PRIMARY KEY (id)");
        assertThat(query("app", "select obj_description('shop.orders'::regclass)"))
                .isEqualTo("what was ordered");
        assertThat(query("app", "select has_table_privilege('clerk', 'shop.orders', 'select')"))
                .isIn("t", "true");
        server().execute("app", "insert into shop.orders (customer, n) values (101, 1)");
        // the log says of sequences only that they have come no further than 32 values on
        assertThat(Integer.parseInt(query("app", "select max(id) from shop.orders")))
                .isBetween(151, 183);
        assertThatThrownBy(() -> server().execute("app", "insert into shop.orders (customer, n) values (-1, 1)"))
                .hasMessageContaining("orders_customer_fkey");
        // of everything else not a byte has changed, and the sandbox is gone
        assertThat(fingerprint()).isEqualTo(before);
        assertThat(sandboxes()).isEmpty();
        assertThat(part.phases()).extracting(Phase::name).containsExactly("fetch", "start", "recover", "load", "check");
        assertThat(part.loaded().checks()).contains(new CheckResult("rows of shop.orders", "app", "150", null));
        // rows that nobody chose were not even dumped
        assertThat(part.loaded().bytes()).isBetween(1L, 400_000L);
        assertThat(part.recoveredTo()).isNotNull();
    }

    @Test
    void what_is_there_is_named_before_anything_is_fetched() {
        Set<RestorePhase> phases = ConcurrentHashMap.newKeySet();

        RestoreException refused = failure(tables(new Table("shop", "customers")), phases);

        assertThat(refused.failure().category()).isEqualTo(FailureCategory.DESTINATION);
        assertThat(refused.failure().message()).contains("has already", "shop.customers");
        assertThat(phases).isEmpty();
    }

    @Test
    void what_was_not_there_at_that_moment_is_named_and_nothing_is_left() throws Exception {
        String before = fingerprint();

        RestoreException unknown = failure(tables(new Table("shop", "order")), ConcurrentHashMap.newKeySet());

        assertThat(unknown.failure().message()).contains("shop.order");
        assertThat(unknown.failure().hint()).contains("shop.orders");
        assertThat(fingerprint()).isEqualTo(before);
        assertThat(sandboxes()).isEmpty();
    }

    @Test
    void a_schema_comes_back_into_another_database_with_odd_names_and_partitions() throws Exception {
        extract("app_other", new Selection(List.of("other"), List.of()), RestoreWatch.NONE);

        assertThat(query("app_other", "select count(*) || ' ' || sum(length(load)) from other.large"))
                .isEqualTo("2000 1000000");
        assertThat(query("app_other", "select count(*) from other.\"odd \"\"t\"\" größe\""))
                .isEqualTo("2");
        assertThat(query("app_other", "select count(*) || min(tableoid::regclass::text) from other.parted"))
                .isEqualTo("10other.parted_1");
        assertThat(query("app_other", "select count(*) from pg_namespace where nspname = 'shop'"))
                .isEqualTo("0");
    }

    @Test
    void a_whole_database_comes_back_into_a_new_one_beside_it() throws Exception {
        ExtractedPart part = extract("app_then", Selection.ALL, RestoreWatch.NONE);

        assertThat(part.loaded().checks())
                .contains(new CheckResult("customers", "app_then", "100", "100"))
                .contains(new CheckResult("rows of shop.orders", "app_then", "150", null));
        assertThat(query("app_then", "select name from shop.customers where id = 1"))
                .isEqualTo("c1");
    }

    @Test
    void a_restore_that_is_stopped_while_it_loads_leaves_nothing() throws Exception {
        RestoreWatch stopping = new RestoreWatch() {
            private volatile boolean stop;

            @Override
            public void progress(RestorePhase phase, long done, @Nullable Long total) {
                stop |= phase == RestorePhase.LOAD && done > 0;
            }

            @Override
            public boolean stopRequested() {
                return stop;
            }
        };

        assertThatThrownBy(() -> extract("app_stopped", Selection.ALL, stopping))
                .isInstanceOf(InterruptedException.class);

        assertThat(query("app", "select count(*) from pg_database where datname = 'app_stopped'"))
                .isEqualTo("0");
        assertThat(sandboxes()).isEmpty();
    }

    /** Everything of the server but the orders: what objects there are, where their files are, what is in them. */
    private static String fingerprint() {
        String objects = query("app", """
                select md5(string_agg(what, e'\\n' order by what)) from (
                  select 'c' || oid::regclass || relkind::text || relfilenode || relowner || coalesce(relacl::text, '') as what
                    from pg_class where oid > 16383 and relname !~ 'orders' and relnamespace <> 'pg_toast'::regnamespace
                  union all select 'n' || nspname || coalesce(nspacl::text, '') from pg_namespace where nspname !~ '^pg_t'
                  union all select 't' || typname from pg_type where oid > 16383 and typname !~ 'orders' and typname !~ '^pg_t'
                  union all select 'k' || conname || pg_get_constraintdef(oid) from pg_constraint where conname !~ 'orders'
                  union all select 'd' || datname || coalesce(shobj_description(oid, 'pg_database'), '') from pg_database
                    where datname in ('app', 'postgres')
                  union all select 'r' || rolname || rolcanlogin from pg_roles) as all_of_it""");
        String contents = query("app", """
                select md5(string_agg(oid::regclass || query_to_xml(
                    'select * from ' || oid::regclass || ' as t order by t::text', true, false, '')::text, '' order by oid))
                from pg_class where relkind = 'r' and oid > 16383 and relname !~ 'orders'""");
        String sequences = query("app", """
                select coalesce(string_agg(sequencename || last_value, ' ' order by sequencename), '') from pg_sequences
                where sequencename !~ 'orders'""");
        String ticks = query("postgres", TickingCluster.QUESTION);
        return objects + " " + contents + " " + sequences + " " + ticks;
    }

    private static RestoreException failure(Selection selection, Set<RestorePhase> phases) {
        RestoreWatch watch = new RestoreWatch() {
            @Override
            public void progress(RestorePhase phase, long done, @Nullable Long total) {
                phases.add(phase);
            }

            @Override
            public boolean stopRequested() {
                return false;
            }
        };
        return catchThrowableOfType(RestoreException.class, () -> extract("app", selection, watch));
    }

    private static ExtractedPart extract(String into, Selection selection, RestoreWatch watch) throws Exception {
        Path work = Files.createDirectories(folder().resolve("restores/" + ++restores));
        Programs programs = new Programs();
        PostgresInstallations installations =
                new PostgresInstallations(new InstallationFolders(List.of(PostgresBinaries.of(15), CLIENTS)), programs);
        PhysicalRestore engine = new PhysicalRestore(
                new RestoreRoots(List.of()), installations, programs, "nobody", work, Duration.ZERO, Clock.systemUTC());
        ClusterExtract extract = new ClusterExtract(
                engine,
                new LogicalRestore(installations, work, Clock.systemUTC()),
                installations,
                programs,
                "nobody",
                folder().resolve("sandboxes"),
                SandboxLimits.USUAL);
        TickingCluster ticking = cluster();
        return extract.run(
                new ExtractRequest(
                        new LoadOrder(
                                new RestoreId(new UUID(7, restores)),
                                new ServerAddress(
                                        "127.0.0.1", ticking.server().port(), "postgres", null, into, "disable"),
                                selection,
                                1,
                                selection.isAll()
                                        ? List.of(new SqlCheck(
                                                "customers", null, "select count(*) from shop.customers", "100"))
                                        : List.of()),
                        ticking.storedPlace(),
                        BACKUP,
                        "app",
                        new PhysicalRequest.RecoverTo(
                                new RecoveryTarget.Position(beforeDrop, null, null), ticking.window()),
                        false,
                        false),
                watch);
    }

    private static List<Path> sandboxes() throws IOException {
        Path all = folder().resolve("sandboxes");
        if (!Files.isDirectory(all)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(all)) {
            return found.toList();
        }
    }

    private static Selection tables(Table... tables) {
        return new Selection(List.of(), List.of(tables));
    }

    private static String query(String database, String sql) {
        return server().query(database, sql);
    }

    private static PostgresServer server() {
        return cluster().server();
    }

    private static TickingCluster cluster() {
        TickingCluster made = cluster;
        if (made == null) {
            throw new IllegalStateException("not started");
        }
        return made;
    }

    private static Path folder() {
        Path made = folder;
        if (made == null) {
            throw new IllegalStateException("not started");
        }
        return made;
    }
}

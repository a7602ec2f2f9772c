package io.holdfast.restore.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.RestoreId;
import io.holdfast.events.request.RestoreDestination.Table;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.repository.TargetPlace;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.read.BackupReader;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.cluster.PostgresInstallations;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.runtime.postgres.InstallationFolders;
import io.holdfast.testing.PostgresServer;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Restores parts of a real dump into databases of a real PostgreSQL 15. */
@Timeout(300)
class SelectiveRestoreTest {
    private static final RestoreId RESTORE = new RestoreId(new UUID(1, 2));
    private static final String ODD_SCHEMA = "sp ace; \"q\"";
    private static final String ODD_TABLE = "we;ird $(x) \"t\" größe";
    private static final String ODD = "\"sp ace; \"\"q\"\"\".\"we;ird $(x) \"\"t\"\" größe\"";
    private static final String SOURCE = "shop";

    private static @Nullable PostgresServer server;
    private static @Nullable TargetPlace place;
    private static @Nullable Path folder;

    @BeforeAll
    static void a_dump_with_everything_that_hangs_on_tables(@TempDir Path work) throws Exception {
        PostgresServer made = PostgresServer.of(15).start();
        server = made;
        folder = work;
        made.execute("postgres", "create database shop", "create role clerk");
        made.execute(
                SOURCE,
                "create schema shop",
                "comment on schema shop is 'from the dump'",
                "create schema \"sp ace; \"\"q\"\"\"",
                "create type shop.state as enum ('new', 'done')",
                "create function shop.twice(x int) returns int language sql immutable as 'select 2 * x'",
                "create function shop.touch() returns trigger language plpgsql as"
                        + " 'begin new.note = ''touched''; return new; end'",
                "create table shop.customers (id serial primary key, name text)",
                "create table shop.orders (id bigint generated always as identity primary key,"
                        + " customer int references shop.customers, state shop.state default 'new',"
                        + " n int default shop.twice(21), note text)",
                "create index orders_by_state on shop.orders (state)",
                "create trigger touched before insert on shop.orders for each row execute function shop.touch()",
                "comment on column shop.orders.n is 'twice'",
                "grant select on shop.orders to clerk",
                "create view shop.open_orders as select * from shop.orders where state = 'new'",
                "create table " + ODD + " (id int primary key references shop.customers, \"c;ol $(y)\" text)",
                "create table shop.parted (id int, at date, primary key (id, at)) partition by range (at)",
                "create table shop.parted_1 partition of shop.parted for values from ('2020-01-01') to ('2021-01-01')",
                "insert into shop.customers (name) select 'c' || i from generate_series(1, 100) i",
                "insert into shop.orders (customer) select i from generate_series(1, 100) i",
                "insert into " + ODD + " select i, 'row; ' || i from generate_series(1, 50) i",
                "insert into shop.parted select i, '2020-06-01' from generate_series(1, 10) i");
        place = StoredDump.of(made, SOURCE, work);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void a_table_comes_back_with_all_that_belongs_to_it_into_a_database_with_others() throws Exception {
        // given: the shop without its orders, in use
        copyOfSource("used");
        sql("used", "drop view shop.open_orders", "drop table shop.orders", "insert into shop.customers values (500)");

        // when
        LoadedDatabase loaded = restore(0).run(request("used", tables("shop", "orders"), 1), RestoreWatch.NONE);

        // then
        assertThat(loaded.checks())
                .contains(new CheckResult("rows of shop.orders", "used", "100", null))
                .doesNotContain(new CheckResult("rows of shop.customers", "used", "101", null));
        assertThat(query("used", "select count(*) || ' ' || sum(customer) || ' ' || sum(n) from shop.orders"))
                .isEqualTo("100 5050 4200");
        assertThat(query("used", "select max(id) from shop.customers")).isEqualTo("500");
        sql("used", "insert into shop.orders (customer) values (500)");
        assertThat(query("used", "select id || note from shop.orders where customer = 500"))
                .isEqualTo("101touched");
        assertThat(query(
                        "used",
                        "select string_agg(indexrelid::regclass::text, ' ' order by indexrelid::regclass::text) from pg_index"
                                + " where indrelid = 'shop.orders'::regclass"))
                .isEqualTo("shop.orders_by_state shop.orders_pkey");
        assertThat(query("used", "select col_description('shop.orders'::regclass, 4)"))
                .isEqualTo("twice");
        assertThat(query("used", "select has_table_privilege('clerk', 'shop.orders', 'select')"))
                .isIn("t", "true");
        assertThat(query(
                        "used",
                        "select count(*) from pg_constraint where conrelid = 'shop.orders'::regclass"
                                + " and confrelid = 'shop.customers'::regclass"))
                .isEqualTo("1");
        assertThatThrownBy(() -> sql("used", "insert into shop.orders (customer) values (-1)"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("orders_customer_fkey");
    }

    @Test
    void what_exists_is_named_and_neither_dropped_nor_overwritten() throws Exception {
        copyOfSource("mine");
        sql(
                "mine",
                "drop view shop.open_orders",
                "truncate shop.orders",
                "insert into shop.orders (customer) values (7)");

        RestoreException table = failure(request("mine", tables("shop", "orders"), 1));
        RestoreException schema = failure(request("mine", new Selection(List.of("shop"), List.of()), 1));

        assertThat(table.failure().category()).isEqualTo(FailureCategory.DESTINATION);
        assertThat(table.failure().message())
                .contains("has already what is to be restored", "table shop.orders", "index shop.orders_by_state")
                .doesNotContain("customers");
        assertThat(schema.failure().message())
                .contains("table shop.customers", "type shop.state", "function shop.twice(integer)");
        assertThat(table.failure().hint()).contains("nothing is overwritten");
        assertThat(query("mine", "select count(*) || ' ' || sum(customer) from shop.orders"))
                .isEqualTo("1 7");
        assertThat(query(
                        "mine",
                        "select shobj_description(oid, 'pg_database') is null from pg_database where datname = 'mine'"))
                .isIn("t", "true");
    }

    @Test
    void what_a_table_needs_and_the_database_lacks_is_named_before_anything_is_changed() throws Exception {
        sql("postgres", "create database bare");

        RestoreException lacking = failure(request("bare", tables("shop", "orders"), 1));
        RestoreException absent = failure(request("nowhere", tables(ODD_SCHEMA, ODD_TABLE), 1));
        RestoreException unknown = failure(request("bare", tables("shop", "Orders"), 1));

        assertThat(lacking.failure().message())
                .contains("schema shop", "type shop.state", "function shop.twice(integer)", "function shop.touch()")
                .contains("table shop.customers");
        assertThat(lacking.failure().hint()).contains("make it there first, or restore it too");
        assertThat(absent.failure().message()).contains("schema " + ODD_SCHEMA, "table shop.customers");
        assertThat(unknown.failure().category()).isEqualTo(FailureCategory.CONFIGURATION);
        assertThat(unknown.failure().message()).contains("the dump holds no table shop.Orders");
        assertThat(unknown.failure().hint()).contains("shop.orders");
        assertThat(query("postgres", "select count(*) from pg_database where datname = 'nowhere'"))
                .isEqualTo("0");
        assertThat(query("bare", "select count(*) from pg_namespace where nspname = 'shop'"))
                .isEqualTo("0");
    }

    @Test
    void schemas_with_odd_names_come_back_whole_into_a_new_database() throws Exception {
        Selection both = new Selection(List.of("shop", ODD_SCHEMA), List.of());

        LoadedDatabase loaded = restore(0).run(request("new; one", both, 1), RestoreWatch.NONE);

        assertThat(loaded.checks())
                .contains(new CheckResult("tables", "new; one", "4", null))
                .contains(new CheckResult("rows of " + ODD, "new; one", "50", null))
                .contains(new CheckResult("rows of shop.parted_1", "new; one", "10", null));
        assertThat(query("new; one", "select sum(id) || max(\"c;ol $(y)\") from " + ODD))
                .isEqualTo("1275row; 9");
        assertThat(query("new; one", "select obj_description('shop'::regnamespace)"))
                .isEqualTo("from the dump");
        assertThat(query("new; one", "select count(*) from shop.open_orders")).isEqualTo("100");
    }

    @Test
    void a_partitioned_table_brings_its_partitions_and_an_odd_one_its_rows() throws Exception {
        copyOfSource("parts");
        sql("parts", "drop table shop.parted", "drop table " + ODD, "comment on database parts is 'ours'");

        Selection chosen =
                new Selection(List.of(), List.of(new Table("shop", "parted"), new Table(ODD_SCHEMA, ODD_TABLE)));
        restore(0).run(request("parts", chosen, 4), RestoreWatch.NONE);

        assertThat(query("parts", "select count(*) || ' ' || min(tableoid::regclass::text) from shop.parted"))
                .isEqualTo("10 shop.parted_1");
        assertThat(query("parts", "select count(*) from pg_inherits where inhparent = 'shop.parted_pkey'::regclass"))
                .isEqualTo("1");
        assertThat(query("parts", "select count(*) from " + ODD)).isEqualTo("50");
        assertThat(query(
                        "parts",
                        "select shobj_description(oid, 'pg_database') from pg_database where datname = 'parts'"))
                .isEqualTo("ours");
    }

    @Test
    void a_selection_whose_outcome_was_lost_is_completed_by_its_own_restore_only() throws Exception {
        copyOfSource("lost");
        sql("lost", "drop view shop.open_orders", "drop table shop.orders");
        LoadedDatabase first = restore(0).run(request("lost", tables("shop", "orders"), 1), RestoreWatch.NONE);

        LoadedDatabase second = restore(0).run(request("lost", tables("shop", "orders"), 1), RestoreWatch.NONE);
        RestoreException other = failure(new LogicalRequest(
                new RestoreId(new UUID(3, 4)),
                place(),
                StoredDump.BACKUP,
                address("lost"),
                null,
                tables("shop", "orders"),
                1,
                List.of(),
                false));

        assertThat(second.checks()).isEqualTo(first.checks());
        assertThat(other.failure().message()).contains("has already", "shop.orders");
        assertThat(query("lost", "select count(*) from shop.orders")).isEqualTo("100");
    }

    @Test
    void a_check_that_fails_leaves_what_was_added_to_an_existing_database_and_says_so() throws Exception {
        copyOfSource("checked");
        sql("checked", "drop view shop.open_orders", "drop table shop.orders");
        LogicalRequest request = new LogicalRequest(
                RESTORE,
                place(),
                StoredDump.BACKUP,
                address("checked"),
                null,
                tables("shop", "orders"),
                1,
                List.of(new SqlCheck("sum", null, "select 1", "2")),
                false);

        RestoreException failure = failure(request);

        assertThat(failure.failure().category()).isEqualTo(FailureCategory.CHECK_FAILED);
        assertThat(failure.failure().message()).contains("stays in database checked");
        assertThat(query("checked", "select count(*) from shop.orders")).isEqualTo("100");
    }

    @Test
    void several_connections_load_a_new_database_from_a_spool_that_is_gone_afterwards() throws Exception {
        LoadedDatabase loaded = restore(1 << 30).run(request("parallel", Selection.ALL, 3), RestoreWatch.NONE);

        assertThat(loaded.checks()).contains(new CheckResult("connections that loaded", "parallel", "3", null));
        assertThat(query("parallel", "select count(*) || ' ' || sum(n) from shop.orders"))
                .isEqualTo("100 4200");
        assertThat(query("parallel", "select count(*) from " + ODD)).isEqualTo("50");
        assertThat(folder().resolve("loads")).isEmptyDirectory();
        assertThat(query(
                        "postgres",
                        "select shobj_description(oid, 'pg_database') from pg_database where datname = 'parallel'"))
                .isEqualTo("Made by Holdfast restore " + RESTORE);
        assertThat(restore(1 << 30)
                        .run(request("parallel", Selection.ALL, 3), RestoreWatch.NONE)
                        .checks())
                .contains(new CheckResult("connections that loaded", "parallel", "an earlier attempt", null));
    }

    @Test
    void where_a_dump_may_not_be_spooled_it_is_streamed_and_the_outcome_says_why() throws Exception {
        sql("postgres", "create database there_before");

        assertThat(jobs(restore(0).run(request("no_spool", Selection.ALL, 3), RestoreWatch.NONE)))
                .startsWith("1: the worker may not spool dumps");
        assertThat(jobs(restore(1000).run(request("little_spool", Selection.ALL, 3), RestoreWatch.NONE)))
                .startsWith("1: the dump of 1 MiB is more than is left");
        assertThat(jobs(restore(1 << 30).run(request("there_before", Selection.ALL, 3), RestoreWatch.NONE)))
                .startsWith("1: the database was there before");
        assertThat(query("there_before", "select count(*) from shop.orders")).isEqualTo("100");
    }

    private static String jobs(LoadedDatabase loaded) {
        return loaded.checks().stream()
                .filter(each -> each.name().equals("connections that loaded"))
                .findFirst()
                .map(CheckResult::value)
                .orElseThrow();
    }

    @Test
    void a_load_in_parts_that_was_broken_off_is_begun_anew() throws Exception {
        // given: a worker was killed in the middle, its program goes on
        try (DestinationServer dead = new DestinationServer(address("halfway"), RESTORE)) {
            dead.claim(RestoreWatch.NONE);
            dead.prepare(null, true, RestoreWatch.NONE);
        }
        try (Connection orphan = address("halfway").connect("halfway", "");
                Statement loading = orphan.createStatement()) {
            loading.execute("create schema shop");
            loading.execute("create table shop.orders (id int)");

            // when
            restore(0).run(request("halfway", Selection.ALL, 1), RestoreWatch.NONE);

            // then
            assertThat(orphan.isValid(10)).isFalse();
        }
        assertThat(query("halfway", "select count(*) || ' ' || sum(n) from shop.orders"))
                .isEqualTo("100 4200");
    }

    @Test
    void spools_of_a_killed_worker_are_removed_when_the_next_one_starts() throws Exception {
        Path orphan = Files.createDirectories(folder().resolve("loads").resolve("attempt-7"));
        Files.createFile(orphan.resolve(".lock"));
        Files.writeString(orphan.resolve("dump"), "rows");

        restore(0).removeOrphans();

        assertThat(orphan).doesNotExist();
    }

    @Test
    void versions_that_do_not_go_together_are_refused_beforehand() {
        RestoreException older = catchThrowableOfType(
                RestoreException.class, () -> DestinationRequirements.versions(address("any"), 17, 17));
        RestoreException program = catchThrowableOfType(
                RestoreException.class, () -> DestinationRequirements.versions(address("any"), 15, 17));

        assertThat(older.failure().message()).contains("the dump is of PostgreSQL 17", "is of version 15");
        assertThat(program.failure().category()).isEqualTo(FailureCategory.TOOL_VERSION);
        assertThat(program.failure().hint()).contains("nothing was changed");
    }

    @Test
    void a_damaged_table_of_contents_is_refused_and_nothing_else_happens() throws Exception {
        BackupReader reader = place().read(StoredDump.BACKUP);
        byte[] archive;
        try (InputStream in = reader.open(
                (IndexEntry.WithContent) reader.find(new FilePath("dump")).orElseThrow())) {
            archive = in.readAllBytes();
        }
        int whole = DumpContents.of(new ByteArrayInputStream(archive)).entries().size();
        assertThat(whole).isGreaterThan(30);

        for (int length = 0; length < 3000; length += 7) {
            byte[] cut = Arrays.copyOf(archive, length);
            assertThat(catchThrowableOfType(
                            RestoreException.class, () -> DumpContents.of(new ByteArrayInputStream(cut))))
                    .isNotNull();
        }
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            byte[] changed = Arrays.copyOf(archive, 20_000);
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                DumpContents.of(new ByteArrayInputStream(changed));
            } catch (RestoreException refused) {
                assertThat(refused.failure().hint()).isNotEmpty();
            }
        }
    }

    private static Selection tables(String schema, String name) {
        return new Selection(List.of(), List.of(new Table(schema, name)));
    }

    private static RestoreException failure(LogicalRequest request) {
        RestoreException failure =
                catchThrowableOfType(RestoreException.class, () -> restore(0).run(request, RestoreWatch.NONE));
        assertThat(failure).isNotNull();
        return failure;
    }

    private static LogicalRestore restore(long spoolLimit) {
        return new LogicalRestore(
                new PostgresInstallations(new InstallationFolders(List.of(StoredDump.CLIENTS)), new Programs()),
                folder(),
                spoolLimit,
                Clock.systemUTC());
    }

    private static LogicalRequest request(String database, Selection selection, int jobs) {
        return new LogicalRequest(
                RESTORE, place(), StoredDump.BACKUP, address(database), null, selection, jobs, List.of(), false);
    }

    private static ServerAddress address(String database) {
        return new ServerAddress("127.0.0.1", server().port(), "postgres", null, database, "disable");
    }

    private static void copyOfSource(String name) throws Exception {
        sql("postgres", "create database " + name + " template shop");
    }

    private static void sql(String database, String... statements) throws Exception {
        try (Connection connection = address(database).connect(database, "");
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private static String query(String database, String sql) {
        return server().query(database, sql);
    }

    private static PostgresServer server() {
        return Objects.requireNonNull(server);
    }

    private static Path folder() {
        return Objects.requireNonNull(folder);
    }

    private static TargetPlace place() {
        return Objects.requireNonNull(place);
    }
}

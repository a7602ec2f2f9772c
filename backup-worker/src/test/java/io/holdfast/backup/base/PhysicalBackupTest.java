package io.holdfast.backup.base;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testing.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PhysicalBackupTest {
    private Path folder;

    @BeforeEach
    void makeFolder() throws Exception {
        folder = TestFolders.open();
    }

    @AfterEach
    void removeFolder() throws Exception {
        TestFolders.remove(folder);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void a_backup_under_write_load_comes_up_with_all_that_was_committed_before(int major) throws Exception {
        try (PostgresServer server = PostgresServer.of(major).start()) {
            // given: odd names, two tablespaces, an unlogged table, and somebody who keeps writing
            String one = server.newFolder("one").toString();
            String two = server.newFolder("two \"quoted\" ;$()").toString();
            server.execute(
                    "postgres",
                    "create table orders (id bigserial primary key, note text)",
                    "insert into orders (note) select repeat('x', 200) from generate_series(1, 20000)",
                    "create database \"we;ird $() \"\" name\"",
                    "create tablespace one location '" + one + "'",
                    "create tablespace two location '" + two + "'",
                    "create table in_one tablespace one as select generate_series(1, 1000) as id",
                    "create table \"in 'two'\" tablespace two as select generate_series(1, 2000) as id",
                    "create unlogged table fleeting as select generate_series(1, 500) as id");
            server.execute("we;ird $() \" name", "create table \"t;$()\" as select 7 as id");
            AtomicBoolean writing = new AtomicBoolean(true);
            AtomicLong committed = new AtomicLong(20000);
            Thread writer = Thread.ofVirtual().start(() -> keepWriting(server, writing, committed));

            // when
            long before = committed.get();
            DirectoryPlace place = new DirectoryPlace(folder.resolve("stored"));
            PhysicalBackup.Result result;
            try {
                result = BackupFixture.physicalBackup()
                        .run(
                                BackupFixture.settings(server),
                                identifier -> place,
                                BackupFixture.options(folder.resolve("work")),
                                progress -> {},
                                new Cancellation());
            } finally {
                writing.set(false);
                writer.join();
            }

            // then
            assertThat(place.isCommitted()).isTrue();
            assertThat(result.details().exceptions()).isEmpty();
            assertThat(Files.size(place.attached("backup_manifest"))).isPositive();
            // The slot goes when the server notices that the connection was closed.
            Await.until(() -> server.query("postgres", "select count(*) from pg_replication_slots")
                    .equals("0"));
            Path data = BackupFixture.startable(place);
            try (PostgresServer restored = PostgresServer.of(major).startOn(data)) {
                long rows = Long.parseLong(restored.query("postgres", "select count(*) from orders"));
                assertThat(rows).isBetween(before, committed.get());
                assertThat(restored.query("postgres", "select count(*) from in_one"))
                        .isEqualTo("1000");
                assertThat(restored.query("postgres", "select count(*) from \"in 'two'\""))
                        .isEqualTo("2000");
                assertThat(restored.query("postgres", "select count(*) from fleeting"))
                        .isEqualTo("0");
                assertThat(restored.query("we;ird $() \" name", "select id from \"t;$()\""))
                        .isEqualTo("7");
            }
        }
    }

    private static void keepWriting(PostgresServer server, AtomicBoolean writing, AtomicLong committed) {
        try (var connection = server.connect("postgres");
                var statement = connection.createStatement()) {
            while (writing.get()) {
                statement.execute("insert into orders (note) select repeat('y', 200) from generate_series(1, 50)");
                committed.addAndGet(50);
            }
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}

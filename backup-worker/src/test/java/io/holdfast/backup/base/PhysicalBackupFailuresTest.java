package io.holdfast.backup.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.backup.replication.FailureCause;
import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.testing.PostgresServer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PhysicalBackupFailuresTest {
    private static PostgresServer server;

    private Path folder;
    private DirectoryPlace place;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.of(17).start();
        server.execute("postgres", "create table t as select repeat('x', 500) as note from generate_series(1, 20000)");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void makeFolder() throws Exception {
        folder = TestFolders.open();
        place = new DirectoryPlace(folder.resolve("stored"));
    }

    @AfterEach
    void removeFolder() throws Exception {
        TestFolders.remove(folder);
    }

    @Test
    void a_server_that_crashes_in_mid_stream_interrupts_and_nothing_is_committed() throws Exception {
        try {
            ReplicationException failure = failureWhen(server::kill);
            assertThat(failure.failure()).isEqualTo(FailureCause.SERVER_INTERRUPTED);
            assertThat(place.isCommitted()).isFalse();
        } finally {
            server.start();
        }
    }

    @Test
    void a_server_that_is_stopped_in_mid_stream_interrupts_and_nothing_is_committed() throws Exception {
        try {
            ReplicationException failure = failureWhen(server::stop);
            assertThat(failure.failure()).isEqualTo(FailureCause.SERVER_INTERRUPTED);
            assertThat(place.isCommitted()).isFalse();
        } finally {
            server.start();
        }
    }

    @Test
    void a_cancelled_backup_ends_with_nothing_committed_and_leaves_no_slot() throws Exception {
        Cancellation cancellation = new Cancellation();
        ReplicationException failure = failureWhen(cancellation::cancel, cancellation);
        assertThat(failure.failure()).isEqualTo(FailureCause.CANCELLED);
        assertThat(place.isCommitted()).isFalse();
        Await.until(() -> server.query("postgres", "select count(*) from pg_replication_slots")
                .equals("0"));
        Await.until(() -> server.query("postgres", "select count(*) from pg_stat_replication")
                .equals("0"));
    }

    @Test
    void the_loss_of_the_wal_connection_alone_fails_the_backup() throws Exception {
        String end =
                "select pg_terminate_backend(pid) from pg_stat_replication where application_name = 'holdfast-wal'";
        ReplicationException failure = failureWhen(() -> server.query("postgres", end));
        assertThat(failure.failure()).isEqualTo(FailureCause.SERVER_INTERRUPTED);
        assertThat(place.isCommitted()).isFalse();
    }

    @Test
    @Timeout(120)
    void an_error_while_the_log_is_stored_fails_the_backup_instead_of_leaving_it_waiting() {
        place.failWalWith(new OutOfMemoryError("no room for a buffer"));

        IOException failure = catchThrowableOfType(
                IOException.class,
                () -> BackupFixture.physicalBackup()
                        .run(
                                BackupFixture.settings(server),
                                identifier -> place,
                                BackupFixture.options(folder.resolve("work")),
                                progress -> {},
                                new Cancellation()));

        assertThat(failure).hasRootCauseInstanceOf(OutOfMemoryError.class);
        assertThat(place.isCommitted()).isFalse();
    }

    @Test
    void a_damaged_page_is_noted_with_file_and_block_and_the_backup_is_made() throws Exception {
        server.execute(
                "postgres", "create table damaged as select repeat('d', 500) as note from generate_series(1, 100)");
        server.execute("postgres", "checkpoint");
        String file = server.query("postgres", "select pg_relation_filepath('damaged')");
        try (RandomAccessFile page =
                new RandomAccessFile(server.dataDirectory().resolve(file).toFile(), "rw")) {
            page.seek(2 * 8192 + 5000);
            int was = page.read();
            page.seek(2 * 8192 + 5000);
            page.write(was ^ 1);
        }
        PhysicalBackup.Result result = BackupFixture.physicalBackup()
                .run(
                        BackupFixture.settings(server),
                        identifier -> place,
                        BackupFixture.options(folder.resolve("work")),
                        progress -> {},
                        new Cancellation());
        assertThat(result.details().exceptions()).singleElement().satisfies(noted -> {
            assertThat(noted.what()).isEqualTo("page_checksum");
            assertThat(noted.file().orElseThrow().value()).isEqualTo(file);
            assertThat(noted.detail()).contains("blocks [2]");
        });
        server.execute("postgres", "drop table damaged");
    }

    private ReplicationException failureWhen(Runnable fault) throws Exception {
        return failureWhen(fault, new Cancellation());
    }

    /** Runs a backup at a low rate, and does something once files come. */
    private ReplicationException failureWhen(Runnable fault, Cancellation cancellation) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        PhysicalBackupOptions slow =
                BackupFixture.options(folder.resolve("work")).withMaxRateKib(4096);
        return catchThrowableOfType(
                ReplicationException.class,
                () -> BackupFixture.physicalBackup()
                        .run(
                                BackupFixture.settings(server),
                                identifier -> place,
                                slow,
                                progress -> {
                                    if (progress.phase() == BackupProgress.Phase.COPYING
                                            && done.compareAndSet(false, true)) {
                                        fault.run();
                                    }
                                },
                                cancellation));
    }
}

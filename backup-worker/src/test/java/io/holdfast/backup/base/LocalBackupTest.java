package io.holdfast.backup.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.backup.replication.ConnectionSettings;
import io.holdfast.backup.replication.FailureCause;
import io.holdfast.backup.replication.Password;
import io.holdfast.backup.replication.ReplicationConnection;
import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.backup.replication.TlsMode;
import io.holdfast.backup.replication.TlsSettings;
import io.holdfast.testing.PostgresServer;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Servers that are reached over the socket in their folder, as with libpq. */
class LocalBackupTest {
    private static final int PORT = 5432;

    private Path folder;

    @BeforeEach
    void makeFolder() throws Exception {
        folder = TestFolders.open();
    }

    @AfterEach
    void removeFolder() throws Exception {
        TestFolders.remove(folder);
    }

    @Test
    void a_backup_over_a_local_socket_comes_up_with_everything() throws Exception {
        try (PostgresServer server = PostgresServer.of(15)
                .setting("unix_socket_directories", "/tmp")
                .setting("listen_addresses", "127.0.0.1")
                .hba("local replication backup scram-sha-256")
                .start()) {
            // given: a role that has to prove itself, and settings that ask for TLS, which no local socket has
            server.execute(
                    "postgres",
                    "create role backup login replication password 'only a test'",
                    "create table orders as select generate_series(1, 300000) as id");
            ConnectionSettings settings = ConnectionSettings.of(
                    "/tmp", server.port(), "backup", Password.of("only a test"), TlsSettings.of(TlsMode.VERIFY_FULL));

            // when
            DirectoryPlace place = new DirectoryPlace(folder.resolve("stored"));
            BackupFixture.physicalBackup()
                    .run(
                            settings,
                            identifier -> place,
                            BackupFixture.options(folder.resolve("work")),
                            progress -> {},
                            new Cancellation());

            // then
            assertThat(place.isCommitted()).isTrue();
            try (PostgresServer restored = PostgresServer.of(15).startOn(BackupFixture.startable(place))) {
                assertThat(restored.query("postgres", "select sum(id) from orders"))
                        .isEqualTo("45000150000");
            }
        }
    }

    @Test
    void a_folder_without_a_socket_is_named_in_the_failure() {
        ReplicationException failure = failureOf(folder, null);
        assertThat(failure.failure()).isEqualTo(FailureCause.REFUSED);
        assertThat(failure.getMessage()).contains(folder + "/.s.PGSQL." + PORT).contains("unix_socket_directories");
    }

    @Test
    void a_server_that_never_answers_is_noticed() throws Exception {
        try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            silent.bind(UnixDomainSocketAddress.of(folder.resolve(".s.PGSQL." + PORT)));
            assertThat(failureOf(folder, Duration.ofMillis(200)).failure()).isEqualTo(FailureCause.TIMEOUT);
        }
    }

    @Test
    void a_connection_that_is_closed_elsewhere_ends_the_waiting_for_an_answer() throws Exception {
        try (PostgresServer server = PostgresServer.of(18)
                        .setting("unix_socket_directories", "/tmp")
                        .hba("local replication all trust")
                        .start();
                ReplicationConnection connection =
                        ReplicationConnection.open(settings(Path.of("/tmp"), server.port()), "test")) {
            connection.createTemporarySlot("holdfast_test");
            var stream = connection.startReplication(
                    "holdfast_test",
                    connection.identifySystem().position(),
                    connection.identifySystem().timeline(),
                    java.time.InstantSource.system());
            Thread closing = Thread.ofPlatform().start(connection::close);
            ReplicationException ended = catchThrowableOfType(ReplicationException.class, () -> {
                while (true) {
                    stream.next();
                }
            });
            closing.join();
            assertThat(ended.failure()).isEqualTo(FailureCause.CANCELLED);
            stream.close();
        }
    }

    private static ConnectionSettings settings(Path host, int port) {
        return ConnectionSettings.of(host.toString(), port, "postgres", null, TlsSettings.of(TlsMode.PREFER));
    }

    private static ReplicationException failureOf(Path host, @Nullable Duration patience) {
        ConnectionSettings usual = settings(host, PORT);
        ConnectionSettings settings = patience == null ? usual : usual.withTimeouts(patience, patience, patience);
        return catchThrowableOfType(
                ReplicationException.class,
                () -> ReplicationConnection.open(settings, "test").close());
    }
}

package io.holdfast.backup.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.testing.PostgresServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicationConnectionTest {

    @Test
    void a_port_where_nobody_listens_is_refused() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        assertThat(failureOf(settings("127.0.0.1", free)).failure()).isEqualTo(FailureCause.REFUSED);
    }

    @Test
    void a_host_that_does_not_resolve_is_unknown() {
        // RFC 6761: names below .invalid never resolve.
        assertThat(failureOf(settings("database.invalid", 5432)).failure()).isEqualTo(FailureCause.UNKNOWN_HOST);
    }

    @Test
    void a_server_that_accepts_and_never_answers_is_noticed() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ConnectionSettings settings = settings("127.0.0.1", silent.getLocalPort())
                    .withTimeouts(Duration.ofMillis(200), Duration.ofMillis(200), Duration.ofMillis(200));
            assertThat(failureOf(settings).failure()).isEqualTo(FailureCause.TIMEOUT);
        }
    }

    @Test
    void a_socket_at_which_nobody_is_taken_is_given_up(@TempDir Path folder) throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve(".s.PGSQL.5432"));
        List<SocketChannel> waiting = new ArrayList<>();
        try (ServerSocketChannel deaf = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            deaf.bind(address, 1);
            while (waits(address, waiting)) {
                assertThat(waiting).hasSizeLessThan(100);
            }
            ConnectionSettings settings = settings(folder.toString(), 5432)
                    .withTimeouts(Duration.ofMillis(200), Duration.ofMillis(200), Duration.ofMillis(200));
            assertThat(failureOf(settings).failure()).isEqualTo(FailureCause.UNREACHABLE);
        } finally {
            for (SocketChannel each : waiting) {
                each.close();
            }
        }
    }

    /** Whether there was still room in the queue of those who want to connect. */
    private static boolean waits(UnixDomainSocketAddress address, List<SocketChannel> waiting) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        waiting.add(channel);
        channel.configureBlocking(false);
        try {
            return channel.connect(address);
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("unavailable");
            return false;
        }
    }

    @Test
    void a_server_without_tls_is_refused_by_require_and_taken_by_prefer() throws Exception {
        try (PostgresServer server = PostgresServer.of(16).start()) {
            ConnectionSettings require = ConnectionSettings.of(
                    "127.0.0.1", server.port(), "postgres", null, TlsSettings.of(TlsMode.REQUIRE));
            assertThat(failureOf(require).failure()).isEqualTo(FailureCause.TLS);
            try (ReplicationConnection connection =
                    ReplicationConnection.open(settings("127.0.0.1", server.port()), "test")) {
                assertThat(connection.walSegmentSize()).isEqualTo(16 << 20);
            }
        }
    }

    @Test
    void too_many_senders_and_no_slots_are_matters_of_configuration() throws Exception {
        try (PostgresServer server = PostgresServer.of(17)
                .setting("max_wal_senders", "2")
                .setting("max_replication_slots", "0")
                .start()) {
            ConnectionSettings settings = settings("127.0.0.1", server.port());
            List<ReplicationConnection> open = new ArrayList<>();
            open.add(ReplicationConnection.open(settings, "first"));
            open.add(ReplicationConnection.open(settings, "second"));
            try {
                ReplicationException full = failureOf(settings);
                assertThat(full.failure()).isEqualTo(FailureCause.CONFIGURATION);
                assertThat(full.serverError().orElseThrow().sqlState()).isEqualTo("53300");
                assertThat(full.hint()).contains("max_wal_senders");
                ReplicationException slots = catchThrowableOfType(
                        ReplicationException.class, () -> open.getFirst().createTemporarySlot("holdfast_test"));
                assertThat(slots.failure()).isEqualTo(FailureCause.CONFIGURATION);
                assertThat(slots.hint()).contains("max_replication_slots");
                // An error of a command leaves the session usable.
                assertThat(open.getFirst().show("max_wal_senders")).isEqualTo("2");
            } finally {
                open.forEach(ReplicationConnection::close);
            }
        }
    }

    @Test
    void a_label_with_quotes_reaches_the_server_as_it_is() throws Exception {
        try (PostgresServer server = PostgresServer.of(18).start();
                ReplicationConnection connection =
                        ReplicationConnection.open(settings("127.0.0.1", server.port()), "test")) {
            String label = "it's \"odd\" \\ ;$() --";
            BaseBackupStream stream = connection.baseBackup(new BaseBackupCommand(label, true, false, null, false));
            StringBuilder text = new StringBuilder();
            for (var piece = stream.next(); piece != null && text.indexOf("LABEL: ") < 0; piece = stream.next()) {
                text.append(java.nio.charset.StandardCharsets.UTF_8.decode(piece));
            }
            assertThat(text).contains("LABEL: " + label + "\n");
        }
    }

    private static ConnectionSettings settings(String host, int port) {
        return ConnectionSettings.of(host, port, "postgres", null, TlsSettings.of(TlsMode.PREFER));
    }

    private static ReplicationException failureOf(ConnectionSettings settings) {
        return catchThrowableOfType(
                ReplicationException.class,
                () -> ReplicationConnection.open(settings, "test").close());
    }
}

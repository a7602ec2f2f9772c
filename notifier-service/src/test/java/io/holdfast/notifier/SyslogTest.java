package io.holdfast.notifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.events.alert.AlertLevel;
import io.holdfast.events.definition.NotificationsDefined;
import io.holdfast.events.definition.NotificationsDefined.Syslog;
import io.holdfast.testing.TestCertificates;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@QuarkusTest
@TestProfile(NotifierProfile.class)
@SuppressWarnings("NullAway.Init") // JUnit sets the folder.
class SyslogTest extends Ground {

    private static final char[] PASSWORD = "only-for-tests".toCharArray();

    @TempDir
    Path folder;

    private final Queue<String> received = new ConcurrentLinkedQueue<>();

    @Test
    void messages_over_tcp_are_counted_in_octets() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> take(server));
            define(syslog("tcp://127.0.0.1:" + server.getLocalPort(), null));

            say(raised(AlertLevel.CRITICAL), resolved());
            await().atMost(PATIENCE).until(() -> received.size() == 2);
            awaitDelivered();

            assertThat(received)
                    .satisfiesExactly(
                            first -> assertCounted(first, "<130>1 "), second -> assertCounted(second, "<133>1 "));
        }
    }

    @Test
    void messages_over_udp_are_one_datagram_each() throws Exception {
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            define(syslog("udp://127.0.0.1:" + server.getLocalPort(), null));

            say(raised(AlertLevel.WARNING));
            server.setSoTimeout((int) PATIENCE.toMillis());
            DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
            server.receive(packet);

            assertThat(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8))
                    .startsWith("<132>1 ")
                    .contains("WARNING: replication lag of " + target);
            awaitDelivered();
        }
    }

    @Test
    void over_tls_only_the_collector_that_is_meant_gets_anything() throws Exception {
        TestCertificates certificates = TestCertificates.in(folder).sign("collector", "collector", "ip:127.0.0.1");
        Path strangers = Files.createDirectory(folder.resolve("strangers"));
        Path ca = Files.writeString(folder.resolve("ca.pem"), certificates.authority());
        Path other = Files.writeString(
                folder.resolve("other.pem"), TestCertificates.in(strangers).authority());
        try (ServerSocket server = tlsServer()) {
            Thread.ofVirtual().start(() -> take(server));
            define(syslog("tls://127.0.0.1:" + server.getLocalPort(), "file:" + other));

            say(raised(AlertLevel.CRITICAL));
            await().atMost(PATIENCE)
                    .until(() -> database.query("select coalesce(max(last_error), '') from notifier.delivery"
                                    + " where matter = '" + key + "'")
                            .contains("cannot be reached"));
            assertThat(received).isEmpty();

            define(syslog("tls://127.0.0.1:" + server.getLocalPort(), "file:" + ca));
            awaitDelivered();
            await().atMost(PATIENCE).until(() -> received.size() == 1);
            assertCounted(String.valueOf(received.peek()), "<130>1 ");
        }
    }

    private static NotificationsDefined syslog(String server, @Nullable String ca) {
        return new NotificationsDefined(0, null, null, null, null, List.of(new Syslog("siem", server, ca)), null);
    }

    private void assertCounted(String message, String start) {
        String[] parts = message.split(" ", 2);
        assertThat(parts[1].getBytes(StandardCharsets.UTF_8)).hasSize(Integer.parseInt(parts[0]));
        assertThat(parts[1]).startsWith(start).contains("replication lag of " + target);
    }

    /** Takes what comes, a message each connection, until the server is closed. */
    private void take(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept();
                    InputStream in = socket.getInputStream()) {
                byte[] all = in.readAllBytes();
                if (all.length > 0) {
                    received.add(new String(all, StandardCharsets.UTF_8));
                }
            } catch (IOException e) {
                // A handshake that was broken off, or the end of the test.
            }
        }
    }

    private ServerSocket tlsServer() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("certificates.p12"))) {
            keys.load(in, PASSWORD);
        }
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry(
                "collector", keys.getKey("collector", PASSWORD), PASSWORD, keys.getCertificateChain("collector"));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(own, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }
}

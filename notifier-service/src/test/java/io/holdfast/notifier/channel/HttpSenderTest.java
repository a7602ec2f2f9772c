package io.holdfast.notifier.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.holdfast.testing.TestCertificates;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemTrustOptions;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // JUnit sets the folder.
class HttpSenderTest {

    private static final char[] PASSWORD = "only-for-tests".toCharArray();
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final byte[] BODY = "{}".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private final Vertx vertx = Vertx.vertx();
    private final Queue<String> hosts = new ConcurrentLinkedQueue<>();
    private TestCertificates certificates;
    private HttpSender sender;

    @BeforeEach
    void trustTheAuthorityOfTheTests() {
        certificates = TestCertificates.in(folder);
        sender = new HttpSender(
                new OutgoingAddresses(List.of("127.0.0.0/8", "::1")),
                TIMEOUT,
                vertx.createHttpClient(HttpSender.options(TIMEOUT)
                        .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(certificates.authority())))));
    }

    @AfterEach
    void end() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void over_tls_the_address_that_was_looked_at_is_called_by_its_name() throws Exception {
        HttpsServer server = server("localhost");
        try {
            HttpSender.Answer answer = sender.post("the hook", url(server), Map.of("X", "y"), BODY);

            assertThat(answer).isEqualTo(new HttpSender.Answer(200, "{}"));
            assertThat(hosts).containsExactly("localhost:" + server.getAddress().getPort());
        } finally {
            server.stop(0);
        }
    }

    @Test
    void a_certificate_of_another_host_gets_nothing() throws Exception {
        HttpsServer server = server("elsewhere.example.org");
        try {
            assertThatThrownBy(() -> sender.post("the hook", url(server), Map.of(), BODY))
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("the hook cannot be reached");
            assertThat(hosts).isEmpty();
        } finally {
            server.stop(0);
        }
    }

    @Test
    void a_certificate_of_a_stranger_gets_nothing() throws Exception {
        HttpsServer server = server("localhost");
        HttpSender usual = new HttpSender(
                new OutgoingAddresses(List.of("127.0.0.0/8", "::1")),
                TIMEOUT,
                vertx.createHttpClient(HttpSender.options(TIMEOUT)));
        try {
            assertThatThrownBy(() -> usual.post("the hook", url(server), Map.of(), BODY))
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("HINT: ");
            assertThat(hosts).isEmpty();
        } finally {
            server.stop(0);
        }
    }

    private static URI url(HttpsServer server) {
        return URI.create("https://localhost:" + server.getAddress().getPort() + "/x");
    }

    private HttpsServer server(String name) throws Exception {
        certificates.sign("server", name, "dns:" + name);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("certificates.p12"))) {
            keys.load(in, PASSWORD);
        }
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry("server", keys.getKey("server", PASSWORD), PASSWORD, keys.getCertificateChain("server"));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(own, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        InetAddress localhost = InetAddress.getAllByName("localhost")[0];
        HttpsServer server = HttpsServer.create(new InetSocketAddress(localhost, 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            hosts.add(exchange.getRequestHeaders().getFirst("Host"));
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, BODY.length);
            exchange.getResponseBody().write(BODY);
            exchange.close();
        });
        server.start();
        return server;
    }
}

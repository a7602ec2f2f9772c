package io.holdfast.backup.archive;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.holdfast.repository.encoding.Sha256;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code holdfast-archive} as PostgreSQL calls it, before a server that answers as it is told to. */
@Timeout(60)
class ArchiveScriptTest {
    private static final Path SCRIPT =
            Path.of("../deploy/archive/holdfast-archive").toAbsolutePath().normalize();
    private static final String TOKEN = "0123456789abcdef~+/=";
    private static final String NAME = "000000010000000000000005";

    @TempDir
    private Path folder;

    private HttpServer server;
    private final Deque<Answer> answers = new ArrayDeque<>();
    private final List<Received> received = Collections.synchronizedList(new ArrayList<>());

    private record Received(String path, String token, String cluster, byte[] content) {}

    private record Ended(int code, String errors) {}

    /** What the server does with a file. */
    @FunctionalInterface
    private interface Answer {
        void give(HttpExchange exchange, byte[] content) throws IOException;
    }

    /** As a worker does that has stored it. */
    private static void durable(HttpExchange exchange, byte[] content) throws IOException {
        String path = exchange.getRequestURI().getPath();
        give(exchange, 200, durable(path.substring(path.lastIndexOf('/') + 1), content));
    }

    private static String durable(String name, byte[] content) {
        return "durable " + name + " " + content.length + " " + Sha256.hex(content) + "\n";
    }

    private static Answer refused(int code) {
        return (exchange, content) -> give(exchange, code, "Something is wrong. HINT: do something.\n");
    }

    private static Answer said(int code, String body) {
        return (exchange, content) -> give(exchange, code, body);
    }

    private static void give(HttpExchange exchange, int code, String said) throws IOException {
        byte[] body = said.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(code, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }

    @BeforeEach
    void start() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "needs curl");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        Files.createDirectories(folder.resolve("pg_wal"));
        Files.write(folder.resolve("pg_wal").resolve(NAME), LogSegment.of(77, 1, 5));
        Files.createDirectories(folder.resolve("global"));
        Files.write(folder.resolve("global/pg_control"), new byte[] {77, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3});
        Files.writeString(folder.resolve("token"), TOKEN + "\n");
        configure("url=http://127.0.0.1:" + server.getAddress().getPort());
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void configure(String url) throws IOException {
        Files.writeString(
                folder.resolve("archive.conf"),
                "# a remark\n" + url + "\ntarget=orders\ntoken=file:" + folder.resolve("token") + "\npatience=6\n");
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] content = exchange.getRequestBody().readAllBytes();
        received.add(new Received(
                exchange.getRequestMethod() + " " + exchange.getRequestURI(),
                String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")),
                String.valueOf(exchange.getRequestHeaders().getFirst("Holdfast-System-Identifier")),
                content));
        Answer answer = answers.poll();
        if (answer == null) {
            durable(exchange, content);
        } else {
            answer.give(exchange, content);
        }
    }

    private Ended run(Map<String, String> environment, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("/bin/sh", SCRIPT.toString()));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment()
                .put("HOLDFAST_ARCHIVE_CONFIG", folder.resolve("archive.conf").toString());
        builder.environment().putAll(environment);
        Process process =
                builder.redirectError(folder.resolve("errors").toFile()).start();
        assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), Files.readString(folder.resolve("errors")));
    }

    private Ended archive() throws Exception {
        return run(Map.of(), "pg_wal/" + NAME, NAME);
    }

    @Test
    void the_file_is_sent_with_the_token_and_the_cluster() throws Exception {
        assertThat(archive()).isEqualTo(new Ended(0, ""));

        assertThat(received).singleElement().satisfies(it -> {
            assertThat(it.path()).isEqualTo("PUT /archive/orders/" + NAME);
            assertThat(it.token()).isEqualTo("Bearer " + TOKEN);
            assertThat(it.cluster()).isEqualTo("77");
            assertThat(it.content()).isEqualTo(LogSegment.of(77, 1, 5));
        });
    }

    @Test
    void the_target_may_be_an_argument_and_the_token_a_variable() throws Exception {
        Files.writeString(
                folder.resolve("archive.conf"),
                Files.readString(folder.resolve("archive.conf"))
                        .replace("token=file:" + folder.resolve("token"), "token=env:ARCHIVE_TOKEN"));

        assertThat(run(Map.of("ARCHIVE_TOKEN", TOKEN), "--target", "customers", "pg_wal/" + NAME, NAME)
                        .code())
                .isZero();
        assertThat(received.getFirst().path()).isEqualTo("PUT /archive/customers/" + NAME);
        assertThat(received.getFirst().token()).isEqualTo("Bearer " + TOKEN);
    }

    @Test
    void a_success_that_no_worker_says_is_not_believed() throws Exception {
        byte[] other = LogSegment.of(77, 1, 6);
        for (Answer answer : List.of(
                said(200, ""),
                said(201, ""),
                said(204, ""),
                said(200, "<html>\n<h1>Welcome</h1></html>"),
                said(200, durable(NAME, other)),
                said(200, durable("000000010000000000000006", LogSegment.of(77, 1, 5))))) {
            answers.add(answer);

            Ended ended = archive();

            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.errors()).contains(NAME + " is not archived", "no backup-worker", "HINT:");
        }
    }

    @Test
    void an_answer_that_breaks_off_counts_for_nothing() throws Exception {
        answers.add((exchange, content) -> {
            byte[] said = durable(NAME, content).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, said.length + 1);
            exchange.getResponseBody().write(said);
            exchange.getResponseBody().flush();
            exchange.close();
        });

        assertThat(archive().code()).isZero();
        assertThat(received).hasSize(2);
    }

    @Test
    void one_try_takes_no_longer_than_its_limit() throws Exception {
        Files.writeString(
                folder.resolve("archive.conf"),
                Files.readString(folder.resolve("archive.conf")).replace("patience=6", "patience=0\nlimit=1"));
        CountDownLatch over = new CountDownLatch(1);
        answers.add((exchange, content) -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        });

        Ended ended = archive();
        over.countDown();

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.errors()).contains("tried for");
    }

    @Test
    void a_worker_that_is_starting_is_waited_for() throws Exception {
        answers.addAll(List.of(refused(503), refused(503)));

        assertThat(archive().code()).isZero();
        assertThat(received).hasSize(3);
    }

    @Test
    void what_is_refused_fails_at_once_with_the_reason() throws Exception {
        for (int code : new int[] {400, 401, 404, 409, 500, 507}) {
            received.clear();
            answers.add(refused(code));

            Ended ended = archive();

            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.errors()).contains(NAME, "HINT: do something", "status " + code);
            assertThat(received).hasSize(1);
        }
    }

    @Test
    void a_worker_that_stays_away_is_a_failure_that_postgresql_repeats() throws Exception {
        try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            configure("url=http://127.0.0.1:" + nobody.getLocalPort());
        }

        Ended ended = archive();

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.errors()).containsPattern("tried for [6-9] s");
    }

    @Test
    void whatever_is_wrong_with_the_configuration_ends_with_one_and_a_hint() throws Exception {
        String good = Files.readString(folder.resolve("archive.conf"));
        for (String bad : List.of(
                good.replace("target=orders", "target=../x"),
                good.replace("target=orders", ""),
                good.replace("url=http", "url=gopher"),
                good.replace("patience=6", "patience=a while"),
                good.replace("patience=6", "limit=0"),
                good.replace("token=file:", "token="),
                good.replace("/token", "/nowhere"),
                good.replace("token=file:" + folder.resolve("token"), "token=env:X;touch /tmp/x"))) {
            Files.writeString(folder.resolve("archive.conf"), bad);
            assertThat(archive()).satisfies(ended -> {
                assertThat(ended.code()).isEqualTo(1);
                assertThat(ended.errors()).contains("HINT:").doesNotContain(TOKEN);
            });
        }
        Files.delete(folder.resolve("archive.conf"));
        assertThat(archive().code()).isEqualTo(1);
        assertThat(received).isEmpty();
    }

    @Test
    void other_arguments_and_missing_programs_end_with_one() throws Exception {
        assertThat(run(Map.of()).code()).isEqualTo(1);
        assertThat(run(Map.of(), "pg_wal/" + NAME).code()).isEqualTo(1);
        assertThat(run(Map.of(), "--what", "x", "pg_wal/" + NAME, NAME).code()).isEqualTo(1);
        assertThat(run(Map.of(), "pg_wal/nothing", NAME).code()).isEqualTo(1);
        assertThat(run(Map.of(), "pg_wal/" + NAME, "../" + NAME).code()).isEqualTo(1);
        assertThat(run(Map.of("PATH", folder.toString()), "pg_wal/" + NAME, NAME))
                .satisfies(ended -> {
                    assertThat(ended.code()).isEqualTo(1);
                    assertThat(ended.errors()).contains("curl is missing");
                });
    }
}

package io.holdfast.backup.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.backup.job.BackupWorkerProfile;
import io.holdfast.backup.job.ControlPlane;
import io.holdfast.events.TargetId;
import io.holdfast.events.definition.WalArchiving;
import io.holdfast.events.signing.EventSigner;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.store.FileObjectStore;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.PostgresServer;
import io.holdfast.testing.Surrounding;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real servers that archive through {@code holdfast-archive} into a worker. */
@QuarkusTest
@TestProfile(BackupWorkerProfile.class)
@Timeout(300)
class ArchiveCommandTest {
    private static final String TOKEN = "a-token-of-tests-0123456789";

    @Surrounding
    private KafkaBroker broker;

    @Surrounding
    private EventSigner signer;

    private URI worker;

    @TempDir
    private Path folder;

    private ArchivingPostgres server;
    private TargetId target;
    private Path repository;

    @BeforeEach
    void start() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "needs curl");
        worker = URI.create(
                "http://127.0.0.1:" + ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class));
        server = ArchivingPostgres.start(17);
        target = new TargetId("t-" + UUID.randomUUID());
        repository = folder.resolve("repository");
        Path token = Files.writeString(folder.resolve("token"), TOKEN);
        new ControlPlane(broker, signer)
                .define(
                        target,
                        1,
                        ControlPlane.reached(server.postgres().port(), "postgres", null, null),
                        repository,
                        new WalArchiving(false, "file:" + token));
        ControlPlane.await(() -> put("00000002.history", new byte[0], TOKEN).statusCode() != 401);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.postgres().close();
        }
    }

    private HttpResponse<String> put(String file, byte[] content, String token) {
        HttpRequest request = HttpRequest.newBuilder(worker.resolve("/archive/" + target + "/" + file))
                .PUT(HttpRequest.BodyPublishers.ofByteArray(content))
                .header("Authorization", "Bearer " + token)
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private byte[] stored(String segment) throws Exception {
        try (Repository opened = Repository.open(FileObjectStore.at(repository));
                InputStream in = opened.storedWal(
                                new TargetName(target.value()),
                                new Place(server.postgres()
                                        .query("postgres", "select system_identifier from pg_control_system()")))
                        .open(new WalSegmentName(segment))) {
            return in.readAllBytes();
        }
    }

    @Test
    void what_a_server_archives_is_in_the_repository_and_nothing_else_is_taken_for_it() throws Exception {
        server.archiveTo(worker, target, TOKEN);
        String segment = server.fill(1);

        server.awaitArchived(segment);

        byte[] original = Files.readAllBytes(
                server.postgres().dataDirectory().resolve("pg_wal").resolve(segment));
        assertThat(stored(segment)).isEqualTo(original);
        assertThat(put(segment, original, TOKEN)).satisfies(again -> {
            assertThat(again.statusCode()).isEqualTo(200);
            assertThat(again.body())
                    .isEqualTo("durable " + segment + " " + original.length + " " + Sha256.hex(original) + "\n");
        });
        byte[] other = original.clone();
        other[other.length - 1]++;
        assertThat(put(segment, other, TOKEN)).satisfies(refused -> {
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(refused.body()).contains(segment, "HINT:");
        });
        assertThat(put(segment, original, "another-token").statusCode()).isEqualTo(401);
        assertThat(put("pg_wal.tar", original, TOKEN).statusCode()).isEqualTo(400);
        try (PostgresServer stranger =
                PostgresServer.of(15).initdb("--wal-segsize=1").start()) {
            String first = stranger.query("postgres", "select pg_walfile_name(pg_current_wal_lsn())");
            byte[] foreign = Files.readAllBytes(
                    stranger.dataDirectory().resolve("pg_wal").resolve(first));
            assertThat(put(first, foreign, TOKEN)).satisfies(refused -> {
                assertThat(refused.statusCode()).isEqualTo(409);
                assertThat(refused.body()).contains("of the cluster", "HINT:");
            });
        }
        assertThat(stored(segment)).isEqualTo(original);
    }

    @Test
    void a_refused_archive_command_is_repeated_by_the_server_until_it_is_taken() throws Exception {
        server.archiveTo(worker, target, "a-wrong-token");
        String segment = server.fill(1);
        ControlPlane.await(() -> !server.postgres()
                .query("postgres", "select failed_count from pg_stat_archiver")
                .equals("0"));

        server.archiveTo(worker, target, TOKEN);
        server.awaitArchived(segment);

        assertThat(stored(segment)).isNotEmpty();
        assertThat(server.postgres().log()).contains("status 401").doesNotContain("a-wrong-token");
    }

    @Tag("long")
    @Test
    void at_least_ten_segments_a_second_are_archived() throws Exception {
        try (ArchivingPostgres whole = ArchivingPostgres.startWithWholeSegments(17)) {
            Measured measured = whole.measure(worker, target, TOKEN, 100);
            System.out.println(measured);
            assertThat(measured.segments()).isEqualTo(100);
        }
    }

    record Measured(int segments, double seconds) {
        @Override
        public String toString() {
            return "archived %d segments of 16 MiB in %.1f s: %.1f a second"
                    .formatted(segments, seconds, segments / seconds);
        }
    }
}

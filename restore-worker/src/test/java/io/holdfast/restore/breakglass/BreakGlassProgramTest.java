package io.holdfast.restore.breakglass;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.definition.RepositoryDefined;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Repository;
import io.holdfast.repository.store.s3.S3Server;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.TickingCluster;
import io.holdfast.restore.TickingCluster.Tick;
import io.holdfast.runtime.repository.DefinedRepositories;
import io.holdfast.runtime.secrets.Secrets;
import io.holdfast.testing.PostgresBinaries;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The source is gone, and so is everything but the repository. */
class BreakGlassProgramTest {
    private static final ObjectMapper JSON = EventCodec.newJsonMapper();
    private static final String INDEX_KEY = Base64.getEncoder().encodeToString(new byte[32]);

    @TempDir
    Path folder;

    private int major = 17;
    private final Map<String, String> environment = new ConcurrentHashMap<>();
    private final DefinedRepositories repositories = new DefinedRepositories(new Secrets(environment::get));

    @Test
    void from_a_folder_alone_it_is_listed_and_recovered_to_a_moment_and_left_running() throws Exception {
        RepositoryDefined repository = defined(null);
        Story story = fill(repository, 15);

        JsonNode listed = last(run(order(repository)));
        ObjectNode order = order(repository, story.middle());
        order.put("dry_run", true);
        JsonNode previewed = last(run(order));
        order.put("dry_run", false);
        order.put("start", true);
        order.put("role", "shop");
        List<JsonNode> said = run(order);
        JsonNode restored = last(said);

        assertThat(listed.at("/found/0/target").asText()).isEqualTo("orders");
        assertThat(listed.at("/found/0/backups/0/backup").asText()).isEqualTo("b1");
        assertThat(listed.at("/found/0/window/0/to/lsn").asText()).isEqualTo(story.end());
        assertThat(previewed.at("/plan/found/what").asText())
                .as("%s", previewed)
                .isEqualTo("nothing");
        assertThat(previewed.at("/plan/wal_bytes").asLong()).isPositive();
        assertThat(previewed.path("refusals")).isEmpty();
        assertThat(said).anyMatch(line -> line.path("phase").asText().equals("recover"));
        assertThat(restored.path("backup_id").asText()).as("%s", restored).isEqualTo("b1");
        assertThat(restored.at("/recovered_to/last_transaction").asText())
                .isEqualTo(story.middle().committed().toString());
        try {
            assertThat(ticks(restored)).isEqualTo(story.untilMiddle());
        } finally {
            stop();
        }
        assertReported(restored);

        // when it is restored over, keeping what lies there
        order.put("force", true);
        order.put("verify_first", true);
        order.put("safety_backup", true);
        order.put("start", false);
        JsonNode again = last(run(order));

        Path kept = Path.of(again.at("/kept_aside/0").asText());
        assertThat(kept).as("%s", again).hasParent(folder).isDirectoryContaining(each -> each.endsWith("PG_VERSION"));
        assertReported(again);
    }

    private static void assertReported(JsonNode restored) throws Exception {
        JsonNode report =
                JSON.readTree(Files.readAllBytes(Path.of(restored.path("report").asText())));
        assertThat(report.path("format").asInt()).isEqualTo(1);
        assertThat(report.path("target").asText()).isEqualTo("orders");
        assertThat(report.at("/recovery_target/type").asText()).isEqualTo("time");
        for (String same : List.of("recovered_to", "kept_aside", "phases", "checks", "started_at", "finished_at")) {
            assertThat(report.path(same)).isEqualTo(restored.path(same));
        }
    }

    @Test
    void an_encrypted_one_opens_with_the_passphrase_alone_and_not_without() throws Exception {
        environment.put("PASSPHRASE", "what only the owner knows");
        environment.put("INDEX", INDEX_KEY);
        Story story = fill(
                defined(new RepositoryDefined.Encryption(List.of(), List.of(), null, "env:PASSPHRASE", "env:INDEX")),
                17);
        environment.remove("INDEX");
        ObjectNode order = order(
                defined(new RepositoryDefined.Encryption(List.of(), List.of(), null, "env:PASSPHRASE", "env:NONE")));
        order.put("target", "orders");
        order.set("recovery_target", JSON.valueToTree(new RecoveryTarget.Latest(null)));
        order.put("directory", folder.resolve("restored").toString());

        JsonNode restored = last(run(order));
        order.set("repository", JSON.valueToTree(defined(null)));
        order.put("directory", folder.resolve("closed").toString());
        JsonNode closed = last(run(order));

        assertThat(restored.at("/recovered_to/last_transaction").asText())
                .as("%s", restored)
                .isEqualTo(story.last().committed().toString());
        assertThat(closed.path("category").asText()).as("%s", closed).isNotEmpty();
        assertThat(closed.path("hint").asText()).isNotEmpty();
        assertThat(folder.resolve("closed")).doesNotExist();
    }

    @Test
    void from_a_bucket_alone_what_is_encrypted_is_recovered_to_a_moment_and_left_running() throws Exception {
        // given an encrypted repository in a bucket, and of all else only the passphrase and the keys to the bucket
        environment.put("ACCESS", S3Server.ACCESS_KEY);
        environment.put("SECRET", S3Server.SECRET_KEY);
        environment.put("PASSPHRASE", "what only the owner knows");
        environment.put("INDEX", INDEX_KEY);
        try (S3Server bucket = S3Server.start()) {
            Story story = fill(inBucket(bucket, "env:INDEX"), 17);
            environment.remove("INDEX");
            RepositoryDefined repository = inBucket(bucket, "env:NONE");

            JsonNode listed = last(run(order(repository)));
            ObjectNode order = order(repository, story.middle());
            order.put("start", true);
            order.put("role", "shop");
            JsonNode restored = last(run(order));

            assertThat(listed.at("/found/0/backups/0/encrypted").asBoolean())
                    .as("%s", listed)
                    .isTrue();
            assertThat(restored.at("/recovered_to/last_transaction").asText())
                    .as("%s", restored)
                    .isEqualTo(story.middle().committed().toString());
            try {
                assertThat(ticks(restored)).isEqualTo(story.untilMiddle());
            } finally {
                stop();
            }
        }
    }

    private static RepositoryDefined inBucket(S3Server bucket, String indexKey) {
        return new RepositoryDefined(
                new RepositoryId("given"),
                0,
                "s3://" + S3Server.BUCKET + "/some/where?path_style=true&endpoint=" + bucket.endpoint(),
                "env:ACCESS",
                "env:SECRET",
                null,
                new RepositoryDefined.Encryption(List.of(), List.of(), null, "env:PASSPHRASE", indexKey));
    }

    @Test
    void the_same_command_given_twice_at_once_leaves_the_first_ones_server_alone() throws Exception {
        // given a restore that is in the middle of fetching, and is to leave its server running
        RepositoryDefined repository = defined(null);
        Story story = fill(repository, 17);
        ObjectNode order = order(repository, story.middle());
        order.put("start", true);
        order.put("role", "shop");
        BreakGlassOrder read = JSON.treeToValue(order, BreakGlassOrder.class);
        CountDownLatch secondIsThere = new CountDownLatch(1);
        ExecutorService commands = Executors.newFixedThreadPool(2);
        AtomicBoolean begun = new AtomicBoolean();
        AtomicReference<@Nullable Future<BreakGlassRestore.Restored>> second = new AtomicReference<>();
        try {
            // when the same command is given again, and has come as far as it comes before the first has ended
            BreakGlassRestore.Restored first = commands.submit(() -> restore()
                            .run(
                                    read,
                                    new Watch(
                                            () -> {
                                                if (begun.compareAndSet(false, true)) {
                                                    second.set(commands.submit(() -> restore()
                                                            .run(read, new Watch(() -> {}, secondIsThere::countDown))));
                                                    awaitUninterrupted(secondIsThere);
                                                }
                                            },
                                            () -> {})))
                    .get(2, TimeUnit.MINUTES);

            // then the second is refused, and the first one's server is there
            Future<BreakGlassRestore.Restored> again = Objects.requireNonNull(second.get());
            assertThatThrownBy(() -> again.get(2, TimeUnit.MINUTES)).hasRootCauseInstanceOf(RestoreException.class);
            ObjectNode restored = JSON.createObjectNode();
            restored.put("connection", first.report().connection());
            assertThat(ticks(restored)).isEqualTo(story.untilMiddle());
        } finally {
            commands.shutdownNow();
            stop();
        }
    }

    /** Does something at each sign of progress, and when it is asked whether to go on. */
    private record Watch(Runnable atProgress, Runnable atQuestion) implements RestoreWatch {
        @Override
        public void progress(RestorePhase phase, long done, @Nullable Long total) {
            if (phase == RestorePhase.FETCH) {
                atProgress.run();
            }
        }

        @Override
        public boolean stopRequested() {
            atQuestion.run();
            return false;
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            assertThat(latch.await(2, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private BreakGlassRestore restore() {
        return new BreakGlassRestore(repositories, work(), Clock.systemUTC());
    }

    @Test
    void what_is_not_there_is_said_with_what_is() throws Exception {
        RepositoryDefined repository = defined(null);
        try (Repository made = Repository.openOrInitialise(repositories.connect(repository), new UUID(1, 2))) {
            assertThat(made.targets()).isEmpty();
        }
        ObjectNode order = order(repository);
        order.put("target", "orders");
        order.set("recovery_target", JSON.valueToTree(new RecoveryTarget.Latest(null)));
        order.put("directory", folder.resolve("restored").toString());

        JsonNode answer = last(run(order));

        assertThat(answer.path("category").asText()).isEqualTo("backup_not_found");
        assertThat(answer.path("hint").asText()).contains("lists what there is");
    }

    private record Story(Tick middle, Tick last, String untilMiddle, String end) {}

    private Story fill(RepositoryDefined defined, int major) throws Exception {
        Files.createDirectories(work());
        this.major = major;
        try (Repository repository = Repository.openOrInitialise(
                        repositories.connect(defined), new UUID(1, 2), repositories.keysToWrite(defined));
                TickingCluster cluster = TickingCluster.start(major, repository, work())) {
            cluster.execute("create role shop login superuser password 'over the counter'");
            cluster.tick(5, 0);
            cluster.backUp(new BackupId("b1"));
            cluster.tick(30, 40_000);
            cluster.archive();
            Tick middle = cluster.tick(20);
            return new Story(
                    middle,
                    cluster.ledger().getLast(),
                    cluster.expected(tick -> tick.id() <= middle.id()),
                    cluster.window().read().end(1).orElseThrow().lsn().toString());
        }
    }

    private RepositoryDefined defined(RepositoryDefined.@Nullable Encryption encryption) {
        return new RepositoryDefined(
                new RepositoryId("given"),
                0,
                folder.resolve("repository").toUri().toString(),
                null,
                null,
                null,
                encryption);
    }

    private ObjectNode order(RepositoryDefined repository) {
        ObjectNode order = JSON.createObjectNode();
        order.set("repository", JSON.valueToTree(repository));
        order.put("force", false);
        order.put("start", false);
        order.put("accept_damage", false);
        order.put("accept_unencrypted", false);
        order.put("dry_run", false);
        order.put("verify_first", false);
        order.put("safety_backup", false);
        order.put("patience_seconds", 0);
        order.put("run_as", "nobody");
        order.putArray("installations").add(PostgresBinaries.of(major).toString());
        return order;
    }

    private ObjectNode order(RepositoryDefined repository, Tick moment) {
        ObjectNode order = order(repository);
        order.put("target", "orders");
        order.set("recovery_target", JSON.valueToTree(new RecoveryTarget.Time(moment.committed(), null, null)));
        order.put("directory", folder.resolve("restored").toString());
        return order;
    }

    private List<JsonNode> run(ObjectNode order) throws Exception {
        Files.createDirectories(work());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new BreakGlassProgram(restore(), new PrintStream(out, true, StandardCharsets.UTF_8))
                .answer(new ByteArrayInputStream(JSON.writeValueAsBytes(order)));
        List<JsonNode> lines = new ArrayList<>();
        for (String line : out.toString(StandardCharsets.UTF_8).lines().toList()) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    private static JsonNode last(List<JsonNode> lines) {
        return lines.getLast();
    }

    private Path work() {
        return folder.resolve("work");
    }

    private static String ticks(JsonNode restored) throws Exception {
        String port = restored.path("connection").asText().replaceAll(".*port=(\\d+).*", "$1");
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + port + "/postgres", "shop", "over the counter");
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(TickingCluster.QUESTION)) {
            found.next();
            return found.getString(1);
        }
    }

    private void stop() throws Exception {
        long pid = Long.parseLong(
                Files.readAllLines(folder.resolve("restored/postmaster.pid")).getFirst());
        ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
        new ProcessBuilder("kill", "-QUIT", Long.toString(pid)).start().waitFor();
        server.onExit().get(30, TimeUnit.SECONDS);
    }
}

package io.holdfast.restore.standby;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.events.RestoreId;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.Repository;
import io.holdfast.repository.store.MemoryObjectStore;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.TickingCluster;
import io.holdfast.restore.cluster.PostgresInstallations;
import io.holdfast.restore.cluster.PrivateSocket;
import io.holdfast.restore.cluster.Programs;
import io.holdfast.restore.physical.PhysicalRequest;
import io.holdfast.restore.physical.PhysicalRestore;
import io.holdfast.restore.physical.RestoreRoots;
import io.holdfast.restore.physical.RestoredCluster;
import io.holdfast.restore.physical.WalServing;
import io.holdfast.restore.replay.StandbyWal;
import io.holdfast.runtime.postgres.InstallationFolders;
import io.holdfast.testing.PostgresBinaries;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real standby of a real primary that knows each other through a repository alone. */
@Timeout(300)
class StandbyTest {
    private static final BackupId BACKUP = new BackupId("b1");
    private static final int SEGMENT = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private @Nullable TickingCluster primary;
    private @Nullable Standbys standbys;
    private @Nullable PrivateSocket socket;

    @AfterEach
    void stop() throws Exception {
        if (standbys != null) {
            standbys.close();
        }
        Path pid = folder.resolve("restored/standby/postmaster.pid");
        if (Files.exists(pid)) {
            new Programs()
                    .run(
                            List.of("kill", "-QUIT", Files.readAllLines(pid).getFirst()),
                            new byte[0],
                            Duration.ofSeconds(10));
            await().atMost(PATIENCE).until(() -> !Files.exists(pid));
        }
        if (primary != null) {
            primary.close();
        }
    }

    @Test
    void it_follows_through_the_repository_alone_also_after_its_worker_and_is_promoted_to_a_timeline_of_its_own()
            throws Exception {
        // given a primary with more log than its backup, and a standby made of it
        Repository repository = Repository.openOrInitialise(new MemoryObjectStore(), new UUID(1, 2));
        Files.createDirectories(folder.resolve("work"));
        TickingCluster ticking = TickingCluster.start(15, repository, folder.resolve("work"));
        primary = ticking;
        ticking.tick(10, 0);
        ticking.backUp(BACKUP);
        ticking.tick(60, 40_000);
        ticking.archive();
        RestoredCluster restored = restore(repository, ticking);
        assertThat(restored.checks()).contains(new CheckResult("is a standby", "template1", "t", "t"));
        assertThat(ask("select pg_is_in_recovery() || ' ' || (" + TickingCluster.QUESTION + ")"))
                .isEqualTo("true " + ticking.expected(tick -> true));
        Standbys first = standbys(repository);
        standbys = first;
        first.follow(standby(ticking));

        // when the primary goes on, in small pieces and over segments
        ticking.tick(5, 0);
        ticking.archive();
        awaitTicks(ticking);
        ticking.tick(80, 40_000);
        ticking.archive();
        awaitTicks(ticking);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(first.followed())
                        .singleElement()
                        .satisfies(each -> {
                            assertThat(each.trouble()).isNull();
                            assertThat(each.upToDate()).isAfter(Instant.now().minusSeconds(20));
                            assertThat(each.lsn()).isEqualTo(ask("select pg_last_wal_replay_lsn()"));
                            assertThat(each.lastTransaction()).isNotNull();
                        }));

        // when the primary makes a tablespace on this host, then the standby has one of its own
        Path fast = ticking.newFolder("fast");
        ticking.execute("create tablespace fast location '" + fast + "'");
        ticking.execute("create table quick tablespace fast as select generate_series(1, 300) as id");
        ticking.tick(5, 0);
        ticking.archive();
        awaitTicks(ticking);
        assertThat(ask("select sum(id) from quick")).isEqualTo("45150");
        assertThat(folder.resolve("restored/standby/pg_tblspc"))
                .isDirectoryContaining(each -> Files.isDirectory(each) && !Files.isSymbolicLink(each));

        // when the worker is away meanwhile, then the standby waits, and goes on with the next one
        first.close();
        ticking.tick(20, 40_000);
        ticking.archive();
        Standbys second = standbys(repository);
        standbys = second;
        assertThat(ask("select pg_is_in_recovery()")).isEqualTo("t");
        second.resume();
        awaitTicks(ticking);

        // when the primary is promoted to another timeline, then it is followed there
        ticking.promote();
        ticking.tick(10, 0);
        ticking.archive();
        awaitTicks(ticking);

        // when it is promoted itself, then it writes on a timeline of its own, and is answered no more
        String replayed = ask("select pg_last_wal_replay_lsn()");
        JsonNode promoted = promote();
        assertThat(promoted.path("timeline").asInt()).as("%s", promoted).isEqualTo(3);
        assertThat(promoted.path("lsn").asText()).isEqualTo(replayed);
        assertThat(promoted.path("last_transaction").asText()).isNotEmpty();
        assertThat(promoted.path("following_ended").asBoolean()).isTrue();
        execute("insert into tick values (1000000, 'its own')");
        assertThat(ask("select count(*) from tick where id = 1000000")).isEqualTo("1");
        assertThat(folder.resolve("restored/standby/pg_wal/00000003.history")).isRegularFile();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(second.followed()).isEmpty());
        assertThat(folder.resolve("restored/.standby.holdfast-wal")).doesNotExist();
        assertThat(folder.resolve("standbys")).isEmptyDirectory();
        assertThat(promote().path("message").asText()).contains("holds no standby");
    }

    private JsonNode promote() throws Exception {
        ObjectMapper json = new ObjectMapper();
        ObjectNode order = json.createObjectNode();
        order.put("directory", folder.resolve("restored/standby").toString());
        order.put("limit_seconds", 60);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PromoteProgram.answer(
                new ByteArrayInputStream(json.writeValueAsBytes(order)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                Clock.systemUTC());
        return json.readTree(out.toString(StandardCharsets.UTF_8));
    }

    private RestoredCluster restore(Repository repository, TickingCluster ticking) throws Exception {
        Path roots = Files.createDirectories(folder.resolve("restored"));
        Programs programs = new Programs();
        PhysicalRestore engine = new PhysicalRestore(
                new RestoreRoots(List.of(roots)),
                new PostgresInstallations(new InstallationFolders(List.of(PostgresBinaries.of(15))), programs),
                programs,
                "nobody",
                folder.resolve("work"),
                Duration.ZERO,
                Clock.systemUTC());
        Path data = roots.resolve("standby");
        RestoredCluster restored = engine.run(
                new PhysicalRequest(
                        new RestoreId(new UUID(1, 1)),
                        ticking.storedPlace(),
                        BACKUP,
                        data.toString(),
                        Map.of(),
                        false,
                        true,
                        null,
                        List.of(new SqlCheck("ticks", "postgres", "select count(*) > 0 from tick", "t")),
                        false,
                        false,
                        null,
                        null,
                        new PhysicalRequest.RecoverTo(new RecoveryTarget.Latest(null), ticking.window()),
                        wal(repository, ticking)),
                RestoreWatch.NONE);
        List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"));
        socket = new PrivateSocket(
                Path.of(lines.get(4)), Integer.parseInt(lines.get(3).strip()), 15, data);
        return restored;
    }

    private static StandbyWal wal(Repository repository, TickingCluster ticking) {
        return new StandbyWal(
                repository.storedWal(
                        TickingCluster.TARGET, ticking.storedPlace().place()),
                SEGMENT,
                repository::requirePresent);
    }

    private Standbys standbys(Repository repository) {
        TickingCluster ticking = primary;
        return new Standbys(
                folder.resolve("standbys"),
                standby -> new StandbyLogs.Opened(wal(repository, java.util.Objects.requireNonNull(ticking)), () -> {}),
                WalServing.usual().withRoom(4 * SEGMENT),
                "nobody",
                Clock.systemUTC());
    }

    private Standby standby(TickingCluster ticking) {
        return new Standby(
                "r1",
                folder.resolve("restored/standby").toString(),
                "orders",
                "main",
                ticking.storedPlace().place().value(),
                SEGMENT,
                false);
    }

    private void awaitTicks(TickingCluster ticking) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(ask(TickingCluster.QUESTION)).isEqualTo(ticking.expected(tick -> true)));
    }

    private String ask(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            found.next();
            return found.getString(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Connection connect() throws SQLException {
        PrivateSocket entrance = socket;
        if (entrance == null) {
            throw new IllegalStateException("there is no standby");
        }
        return entrance.connect("postgres", "postgres", "");
    }
}

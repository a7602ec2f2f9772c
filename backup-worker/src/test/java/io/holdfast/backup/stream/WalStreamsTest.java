package io.holdfast.backup.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.backup.job.BackupWorkerProfile;
import io.holdfast.backup.job.ControlPlane;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.events.definition.WalArchiving;
import io.holdfast.events.signing.EventSigner;
import io.holdfast.events.wal.WalArchived;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.runtime.database.Persistence;
import io.holdfast.testing.KafkaBroker;
import io.holdfast.testing.PostgresServer;
import io.holdfast.testing.Surrounding;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The service's streams: from a definition on Kafka to what is said of a cluster's log. */
@QuarkusTest
@TestProfile(BackupWorkerProfile.class)
@Timeout(180)
class WalStreamsTest {
    private static final Duration LEASE = Duration.ofSeconds(6);

    @Surrounding
    private KafkaBroker broker;

    @Surrounding
    private EventSigner signer;

    @Inject
    DataSource database;

    private static PostgresServer server;

    @TempDir
    private Path folder;

    private final TargetId target =
            new TargetId("t" + UUID.randomUUID().toString().replace("-", ""));

    @BeforeAll
    static void startServer() {
        server = PostgresServer.of(17).start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void a_target_that_streams_is_archived_and_told_of_until_it_no_longer_does() throws Exception {
        // given
        ControlPlane control = new ControlPlane(broker, signer);
        control.define(target, 1, reached(), folder.resolve("repository"), new WalArchiving(true));
        ControlPlane.await(() -> slots().equals("1"));

        // when
        server.execute("postgres", "create table if not exists t (id int)", "insert into t values (1)");
        Lsn end = Lsn.parse(server.query("postgres", "select pg_current_wal_flush_lsn()"));

        // then
        ControlPlane.await(() ->
                archivedUpTo(control).filter(lsn -> lsn.compareTo(end) >= 0).isPresent());
        assertThat(control.archiving(target)).allSatisfy(event -> {
            WalArchived archived = (WalArchived) event;
            assertThat(archived.systemIdentifier())
                    .isEqualTo(server.query("postgres", "select system_identifier from pg_control_system()"));
            assertThat(Lsn.parse(archived.toLsn()).minus(Lsn.parse(archived.fromLsn())))
                    .isEqualTo(archived.bytes());
        });

        // then: that it writes nothing more is told as well, by and by
        ControlPlane.await(() -> control.archiving(target).stream()
                .anyMatch(event -> event instanceof WalArchived archived && archived.bytes() == 0));

        // when: the worker is told that somebody else has the stream, who is then not heard of
        change("update wal_stream set holder = 'gone', heard_at = now() - interval '1 hour' where target = '" + target
                + "'");
        server.execute("postgres", "insert into t values (2)");
        Lsn later = Lsn.parse(server.query("postgres", "select pg_current_wal_flush_lsn()"));

        // then
        ControlPlane.await(() ->
                archivedUpTo(control).filter(lsn -> lsn.compareTo(later) >= 0).isPresent());

        // when
        control.define(target, 2, reached(), folder.resolve("repository"), new WalArchiving(false));

        // then
        ControlPlane.await(() -> slots().equals("0"));
    }

    @Test
    void where_a_timeline_left_the_one_before_it_is_told_with_its_log() throws Exception {
        try (PostgresServer own = PostgresServer.of(17).start()) {
            // given
            ControlPlane control = new ControlPlane(broker, signer);
            control.define(
                    target,
                    1,
                    ControlPlane.reached(own.port(), "postgres", null, null),
                    folder.resolve("repository"),
                    new WalArchiving(true));
            own.execute("postgres", "create table t (id int)");
            ControlPlane.await(() -> archivedUpTo(control).isPresent());

            // when
            StreamedServer.promote(own);
            own.execute("postgres", "insert into t values (1)");

            // then
            ControlPlane.await(() -> firstOf(control, 2).isPresent());
            String[] history = Files.readString(own.dataDirectory().resolve("pg_wal/00000002.history"))
                    .strip()
                    .split("\\s+");
            assertThat(firstOf(control, 2).orElseThrow().forkedFrom())
                    .isEqualTo(new WalArchived.TimelineFork(1, history[1]));
            assertThat(firstOf(control, 1).orElseThrow().forkedFrom()).isNull();
        }
    }

    private Optional<WalArchived> firstOf(ControlPlane control, int timeline) {
        return control.archiving(target).stream()
                .filter(WalArchived.class::isInstance)
                .map(WalArchived.class::cast)
                .filter(archived -> archived.timeline() == timeline)
                .findFirst();
    }

    @Test
    void a_slot_is_dropped_on_each_server_of_a_removed_target_also_on_one_that_answers_only_later() throws Exception {
        try (PostgresServer other = PostgresServer.of(17).start()) {
            // given: a stream that an earlier worker had of a cluster with two members; one of them is down
            String slot = "holdfast_" + target;
            for (PostgresServer each : List.of(server, other)) {
                each.execute("postgres", "select pg_create_physical_replication_slot('" + slot + "', true)");
            }
            other.stop();
            io.holdfast.events.definition.PostgresServer cluster = new io.holdfast.events.definition.PostgresServer(
                    "127.0.0.1",
                    other.port(),
                    "postgres",
                    null,
                    "postgres",
                    "prefer",
                    null,
                    null,
                    null,
                    false,
                    null,
                    List.of("127.0.0.1:" + other.port(), "127.0.0.1:" + server.port()));
            TargetDefined streamed = new TargetDefined(
                    target, 1, cluster, new RepositoryId("of-" + target), null, new WalArchiving(true));
            change("insert into wal_stream (target, heard_at, definition) values ('" + target + "', now(), '"
                    + SlotFarewell.written(streamed) + "')");

            // then: the member that is up has none any more, though the one before it does not answer
            ControlPlane.await(() -> slots().equals("0"));
            ControlPlane.await(
                    () -> row("drop_tried_at is not null and holder is null").equals("t"));
            assertThat(row("definition is not null")).isEqualTo("t");

            // when
            other.start();
            change("update wal_stream set drop_tried_at = now() - interval '2 minutes' where target = '" + target
                    + "'");

            // then
            ControlPlane.await(() -> other.query("postgres", "select count(*) from pg_replication_slots")
                    .equals("0"));
            ControlPlane.await(() -> row("definition is null").equals("t"));
        }
    }

    @Test
    void a_stream_has_one_holder_and_another_one_once_that_was_not_heard_of() throws Exception {
        // given
        StreamTable first = new StreamTable(database, "first");
        StreamTable second = new StreamTable(database, "second");
        Continuity known = new Continuity(-5, 3, Lsn.parse("A/B0000C0"), Instant.parse("2026-11-20T12:00:00.123456Z"));
        StreamTable.Row row = new StreamTable.Row(
                known,
                Lsn.parse("A/B000000"),
                new Trouble(Instant.parse("2026-11-20T12:01:00Z"), true, null),
                new Refusal(-5, 3, "It was set back."));

        // then: while the first one lives
        assertThat(in(() -> first.acquire(target, LEASE))).contains(StreamTable.Row.EMPTY);
        assertThat(in(() -> second.acquire(target, LEASE))).isEmpty();
        assertThat(in(first::renew)).contains(target);
        assertThat(in(second::renew)).doesNotContain(target);
        assertThat(in(() -> first.note(target, row))).isTrue();
        assertThat(in(() -> second.note(target, StreamTable.Row.EMPTY))).isFalse();

        // then: once it was not heard of
        change("update wal_stream set heard_at = now() - interval '7 seconds' where target = '" + target + "'");
        assertThat(in(() -> second.acquire(target, LEASE))).contains(row);
        assertThat(in(() -> first.note(target, StreamTable.Row.EMPTY))).isFalse();
        assertThat(in(first::renew)).isEqualTo(Set.of());

        // then: given up, it is free at once
        in(() -> {
            second.release(target);
            return target;
        });
        assertThat(in(() -> first.acquire(target, LEASE))).contains(row);
    }

    private static <T> T in(Callable<T> work) {
        return Persistence.inTransaction(work);
    }

    private String row(String condition) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(
                        "select " + condition + " from wal_stream where target = '" + target + "'")) {
            return found.next() ? found.getString(1) : "none";
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void change(String sql) throws Exception {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).isEqualTo(1);
        }
    }

    private Optional<Lsn> archivedUpTo(ControlPlane control) {
        return control.archiving(target).stream()
                .filter(WalArchived.class::isInstance)
                .map(event -> Lsn.parse(((WalArchived) event).toLsn()))
                .reduce((earlier, later) -> later);
    }

    private String slots() {
        return server.query(
                "postgres", "select count(*) from pg_replication_slots where slot_name = 'holdfast_" + target + "'");
    }

    private static io.holdfast.events.definition.PostgresServer reached() {
        return ControlPlane.reached(server.port(), "postgres", null, null);
    }
}

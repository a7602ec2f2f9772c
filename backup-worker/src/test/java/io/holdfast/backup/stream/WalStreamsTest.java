package io.holdfast.backup.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.backup.job.BackupWorkerProfile;
import io.holdfast.backup.job.ControlPlane;
import io.holdfast.events.TargetId;
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
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
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
                    .isEqualTo(archived.bytes())
                    .isPositive();
        });

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
    void a_stream_has_one_holder_and_another_one_once_that_was_not_heard_of() throws Exception {
        // given
        StreamTable first = new StreamTable(database, "first");
        StreamTable second = new StreamTable(database, "second");
        Continuity known = new Continuity(-5, 3, Lsn.parse("A/B0000C0"), Instant.parse("2026-11-20T12:00:00.123456Z"));
        StreamTable.Row row = new StreamTable.Row(
                known, Lsn.parse("A/B000000"), new Trouble(Instant.parse("2026-11-20T12:01:00Z"), true, null));

        // then: while the first one lives
        assertThat(in(() -> first.acquire(target, LEASE))).contains(new StreamTable.Row(null, null, Trouble.NONE));
        assertThat(in(() -> second.acquire(target, LEASE))).isEmpty();
        assertThat(in(first::renew)).contains(target);
        assertThat(in(second::renew)).doesNotContain(target);
        assertThat(in(() -> first.note(target, row))).isTrue();
        assertThat(in(() -> second.note(target, new StreamTable.Row(null, null, Trouble.NONE))))
                .isFalse();

        // then: once it was not heard of
        change("update wal_stream set heard_at = now() - interval '7 seconds' where target = '" + target + "'");
        assertThat(in(() -> second.acquire(target, LEASE))).contains(row);
        assertThat(in(() -> first.note(target, new StreamTable.Row(null, null, Trouble.NONE))))
                .isFalse();
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

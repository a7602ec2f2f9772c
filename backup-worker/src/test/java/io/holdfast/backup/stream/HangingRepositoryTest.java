package io.holdfast.backup.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.wal.ContinuityLost;
import io.holdfast.events.wal.WalInterrupted;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.testing.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams into a repository that neither takes anything nor says why, or takes it slowly. */
@Timeout(180)
class HangingRepositoryTest {
    private static final int MEGABYTE = 1 << 20;

    private static PostgresServer.Builder server() {
        return PostgresServer.of(17).initdb("--wal-segsize=1").setting("min_wal_size", "2MB");
    }

    @Test
    @Tag("long")
    void a_repository_that_never_answers_is_told_and_does_not_make_the_server_keep_its_log_for_ever() throws Exception {
        try (PostgresServer server = server().setting("max_wal_size", "4MB").start();
                StreamedServer streamed = new StreamedServer()
                        .with(new ShortTimes(Duration.ofMillis(500), Duration.ofSeconds(1), 8 * MEGABYTE))) {
            // given
            ClusterStream stream = streamed.stream(server, null);
            Lsn before = StreamedServer.awaitAll(stream, server);
            streamed.faults.hangs.set(true);

            // when: something is written, less than the limit
            server.execute("postgres", "create table t as select repeat('x', 500) from generate_series(1, 5000)");

            // then
            StreamedServer.await(() -> stream.state().news().stream()
                    .map(StreamState.News::event)
                    .filter(WalInterrupted.class::isInstance)
                    .map(event -> ((WalInterrupted) event).failure().message())
                    .anyMatch(message -> message.contains("became durable")));

            // when: more than the limit
            for (int i = 0; i < 3; i++) {
                server.execute(
                        "postgres",
                        "insert into t select repeat('y', 500) from generate_series(1, 10000)",
                        "select pg_switch_wal()",
                        "checkpoint");
            }

            // then: the server keeps no more than that
            StreamedServer.await(() -> Lsn.parse(server.query(
                                    "postgres", "select coalesce(max(restart_lsn), '0/0') from pg_replication_slots"))
                            .minus(before)
                    > 8 * MEGABYTE);
            server.execute("postgres", "checkpoint", "select pg_switch_wal()", "checkpoint");

            // when: it answers again
            streamed.faults.hangs.set(false);

            // then
            StreamedServer.await(
                    () -> stream.state().news().stream().anyMatch(news -> news.event() instanceof ContinuityLost));
            server.execute("postgres", "create table last_one (id int)");
            StreamedServer.awaitAll(stream, server);
        }
    }

    @Test
    void a_slot_that_was_given_up_is_not_moved_back_by_what_is_received_late() throws Exception {
        try (PostgresServer server = server().setting("wal_keep_size", "1GB").start();
                StreamedServer streamed = new StreamedServer()
                        .with(new ShortTimes(Duration.ofMillis(500), Duration.ofSeconds(1), 4 * MEGABYTE))) {
            // given: a slot that was given up, while the server has all of its log still
            ClusterStream stream = streamed.stream(server, null);
            Lsn before = StreamedServer.awaitAll(stream, server);
            streamed.faults.away.set(true);
            server.execute(
                    "postgres",
                    "create table t as select repeat('x', 500) from generate_series(1, 30000)",
                    "select pg_switch_wal()",
                    "checkpoint");
            StreamedServer.await(() -> restart(server).minus(before) > 4 * MEGABYTE);

            // when: the repository takes the log again, slowly
            Lsn anew = restart(server);
            streamed.faults.slowness.set(100);
            streamed.faults.away.set(false);
            while (stream.state().continuity().orElseThrow().durable().compareTo(anew) < 0) {
                assertThat(restart(server)).isGreaterThanOrEqualTo(anew);
                TimeUnit.MILLISECONDS.sleep(50);
            }

            // then: nothing was lost
            streamed.faults.slowness.set(0);
            Lsn end = StreamedServer.awaitAll(stream, server);
            streamed.requireEqual(server, 1, before, end, MEGABYTE);
            assertThat(stream.state().news()).noneMatch(news -> news.event() instanceof ContinuityLost);
        }
    }

    private static Lsn restart(PostgresServer server) {
        return Lsn.parse(
                server.query("postgres", "select coalesce(max(restart_lsn), '0/0') from pg_replication_slots"));
    }

    /** Until then, by the server's clock, its log had been written up to there. */
    private record Written(Instant time, Lsn end) {}

    @Test
    @Tag("long")
    void it_is_never_said_that_more_is_durable_than_is_also_after_a_standstill() throws Exception {
        try (PostgresServer server = server().setting("max_wal_size", "512MB").start();
                StreamedServer streamed = new StreamedServer()
                        .with(new ShortTimes(Duration.ofMillis(500), Duration.ofSeconds(60), 1L << 40))) {
            // given: more is written than goes into a connection that nobody reads, in portions
            server.execute("postgres", "create table t (note text)");
            ClusterStream stream = streamed.stream(server, null);
            StreamedServer.awaitAll(stream, server);
            streamed.faults.hangs.set(true);
            List<Written> ledger = new ArrayList<>();
            try (Connection connection = server.connect("postgres");
                    Statement statement = connection.createStatement()) {
                for (int portion = 0; portion < 20; portion++) {
                    // Little by little, so that the connection is full when all that was written is in it.
                    for (int commit = 0; commit < 60; commit++) {
                        statement.execute("insert into t select repeat('x', 500) from generate_series(1, 50)");
                        TimeUnit.MILLISECONDS.sleep(1);
                    }
                    TimeUnit.MILLISECONDS.sleep(200);
                    ledger.add(written(server));
                }
            }

            // when: the repository takes it, slowly
            streamed.faults.slowness.set(60);
            streamed.faults.hangs.set(false);

            // then
            Lsn end = ledger.getLast().end();
            Continuity known;
            do {
                known = stream.state().continuity().orElseThrow();
                Instant until = known.archivedUntil();
                for (Written each : ledger) {
                    if (until != null && !each.time().isAfter(until)) {
                        assertThat(known.durable())
                                .as("what was written by " + each.time() + " is durable at " + until)
                                .isGreaterThanOrEqualTo(each.end());
                    }
                }
                TimeUnit.MILLISECONDS.sleep(1);
            } while (known.durable().compareTo(end) < 0);
            // then: and in the end all of that is said
            StreamedServer.await(() -> {
                Instant until = stream.state().continuity().orElseThrow().archivedUntil();
                return until != null && until.isAfter(ledger.getLast().time());
            });
        }
    }

    private static Written written(PostgresServer server) throws Exception {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select clock_timestamp(), pg_current_wal_flush_lsn()")) {
            row.next();
            return new Written(row.getObject(1, OffsetDateTime.class).toInstant(), Lsn.parse(row.getString(2)));
        }
    }
}

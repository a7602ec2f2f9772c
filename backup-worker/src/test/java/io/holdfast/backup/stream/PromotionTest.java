package io.holdfast.backup.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.wal.ContinuityLost;
import io.holdfast.events.wal.WalInterrupted;
import io.holdfast.repository.Repository;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.window.TimelineAncestry;
import io.holdfast.testing.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A cluster with a standby, of which the stream knows all members. */
@Timeout(180)
class PromotionTest {
    private static final int MEGABYTE = 1 << 20;

    @Test
    void the_promoted_standby_is_followed_onto_its_timeline_and_nothing_is_missing() throws Exception {
        try (StreamedServer streamed = new StreamedServer();
                PostgresServer primary = server().start()) {
            primary.execute("postgres", "create table t as select generate_series(1, 1000) as id");
            Path copy = copyOf(primary, streamed.folder());
            try (PostgresServer standby = server().setting(
                            "primary_conninfo", "host=127.0.0.1 user=postgres port=" + primary.port())
                    .startOn(copy)) {
                // given: a stream, and a slot on the standby that is kept behind it
                ClusterStream stream = streamed.stream(primary, null, standby);
                Lsn from = StreamedServer.awaitAll(stream, primary);
                primary.execute("postgres", "insert into t select generate_series(1, 30000)");
                StreamedServer.awaitAll(stream, primary);
                StreamedServer.await(() -> standby.query("postgres", "select count(*) from pg_replication_slots")
                        .equals("1"));
                primary.execute("postgres", "insert into t select generate_series(1, 30000)");
                Lsn last = Lsn.parse(primary.query("postgres", "select pg_current_wal_flush_lsn()"));
                StreamedServer.await(() -> Lsn.parse(standby.query("postgres", "select pg_last_wal_replay_lsn()"))
                                .compareTo(last)
                        >= 0);

                // when: the primary is gone, and the standby writes on in its place
                primary.kill();
                standby.query("postgres", "select pg_promote()");
                standby.execute("postgres", "insert into t select generate_series(1, 30000)");

                // then
                Lsn end = StreamedServer.awaitAll(stream, standby);
                StreamedServer.await(
                        () -> stream.state().continuity().orElseThrow().timeline() == 2);
                StreamedServer.awaitAll(stream, standby);
                assertThat(stream.state().news()).noneMatch(news -> news.event() instanceof ContinuityLost);
                byte[] history = Files.readAllBytes(standby.dataDirectory().resolve("pg_wal/00000002.history"));
                try (Repository repository = streamed.repository()) {
                    assertThat(StreamedServer.place(repository, standby)
                                    .wal(streamed.folder())
                                    .history(2))
                            .hasValue(history);
                }
                Lsn fork = Lineage.of(TimelineAncestry.parse(2, history))
                        .timelines()
                        .getFirst()
                        .end()
                        .orElseThrow();
                streamed.requireEqual(standby, 1, from, fork, MEGABYTE);
                streamed.requireEqual(standby, 2, fork, end, MEGABYTE);
            }
        }
    }

    @Test
    void a_standby_without_a_limit_of_its_own_does_not_keep_its_log_for_ever_either_and_that_is_told()
            throws Exception {
        try (StreamedServer streamed = new StreamedServer()
                        .with(new ShortTimes(Duration.ofMillis(500), Duration.ofSeconds(1), 4 * MEGABYTE));
                PostgresServer primary = server().start()) {
            primary.execute("postgres", "create table t (note text)");
            Path copy = copyOf(primary, streamed.folder());
            try (PostgresServer standby = server().setting(
                            "primary_conninfo", "host=127.0.0.1 user=postgres port=" + primary.port())
                    .startOn(copy)) {
                // given: a slot on the standby
                ClusterStream stream = streamed.stream(primary, null, standby);
                Lsn before = StreamedServer.awaitAll(stream, primary);
                StreamedServer.await(() -> standby.query("postgres", "select count(*) from pg_replication_slots")
                        .equals("1"));

                // when: the repository is away for longer than the standby may keep its log
                streamed.faults.away.set(true);
                primary.execute(
                        "postgres",
                        "insert into t select repeat('x', 500) from generate_series(1, 30000)",
                        "select pg_switch_wal()",
                        "checkpoint");
                Lsn last = Lsn.parse(primary.query("postgres", "select pg_current_wal_flush_lsn()"));
                StreamedServer.await(() -> Lsn.parse(standby.query("postgres", "select pg_last_wal_replay_lsn()"))
                                .compareTo(last)
                        >= 0);
                standby.execute("postgres", "checkpoint");

                // then
                StreamedServer.await(() -> Lsn.parse(standby.query(
                                        "postgres",
                                        "select coalesce(max(restart_lsn), '0/0') from pg_replication_slots"))
                                .minus(before)
                        > 4 * MEGABYTE);
                StreamedServer.await(() -> stream.state().news().stream()
                        .map(StreamState.News::event)
                        .filter(WalInterrupted.class::isInstance)
                        .map(event -> ((WalInterrupted) event).failure().message())
                        .anyMatch(message -> message.contains("The standby 127.0.0.1:" + standby.port())));
            }
        }
    }

    @Test
    void of_a_standby_that_is_behind_no_more_is_said_to_be_archived_than_it_has_replayed() throws Exception {
        try (StreamedServer streamed = new StreamedServer();
                PostgresServer primary = server().start()) {
            primary.execute("postgres", "create table t (id int)");
            Path copy = copyOf(primary, streamed.folder());
            try (PostgresServer standby = server().setting(
                            "primary_conninfo", "host=127.0.0.1 user=postgres port=" + primary.port())
                    .startOn(copy)) {
                // given: a stream from the standby alone, which follows its primary
                ClusterStream stream = streamed.stream(standby, null);
                StreamedServer.await(() -> stream.state().continuity().isPresent());
                Instant before = commit(primary);
                StreamedServer.await(() -> archivedUntil(stream)
                        .filter(until -> !until.isBefore(before.minusSeconds(3)))
                        .isPresent());

                // when: it follows no longer, and does not know what it lacks
                standby.execute("postgres", "alter system set primary_conninfo = ''", "select pg_reload_conf()");
                StreamedServer.await(() -> standby.query("postgres", "select count(*) from pg_stat_wal_receiver")
                        .equals("0"));
                Instant missed = commit(primary);
                Instant later = missed.plusSeconds(8);
                StreamedServer.await(() -> Instant.now().isAfter(later)
                        && stream.state().serverTime().orElseThrow().isAfter(later));

                // then
                assertThat(archivedUntil(stream).orElseThrow()).isBefore(missed);
            }
        }
    }

    private static Optional<Instant> archivedUntil(ClusterStream stream) {
        return stream.state().continuity().flatMap(known -> Optional.ofNullable(known.archivedUntil()));
    }

    /** Commits something; when that was, by the server's clock. */
    private static Instant commit(PostgresServer server) {
        server.execute("postgres", "insert into t values (1)");
        String micros = server.query("postgres", "select (extract(epoch from clock_timestamp()) * 1000000)::bigint");
        return Instant.EPOCH.plus(Long.parseLong(micros), ChronoUnit.MICROS);
    }

    private static PostgresServer.Builder server() {
        return PostgresServer.of(17)
                .initdb("--wal-segsize=1")
                .setting("wal_keep_size", "1GB")
                .setting("min_wal_size", "2MB");
    }

    /** The files of a server that is stopped for that long, to be started as its standby. */
    private static Path copyOf(PostgresServer server, Path folder) throws Exception {
        Path copy = folder.resolve("standby");
        server.stop();
        StreamedServer.copy(server.dataDirectory(), copy);
        server.start();
        Files.createFile(copy.resolve("standby.signal"));
        return copy;
    }
}

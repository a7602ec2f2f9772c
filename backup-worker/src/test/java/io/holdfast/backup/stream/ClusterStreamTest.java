package io.holdfast.backup.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.request.BackupRequested;
import io.holdfast.events.wal.ContinuityLost;
import io.holdfast.events.wal.WalInterrupted;
import io.holdfast.events.wal.WalResumed;
import io.holdfast.repository.Place;
import io.holdfast.repository.Repository;
import io.holdfast.repository.TargetName;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.testing.PostgresServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams of real servers into real repositories. */
@Timeout(180)
class ClusterStreamTest {
    private static final int MEGABYTE = 1 << 20;

    private static PostgresServer.Builder server(int major) {
        return PostgresServer.of(major)
                .initdb("--wal-segsize=1")
                .setting("max_wal_size", "256MB")
                .setting("min_wal_size", "2MB")
                .setting("wal_keep_size", "1GB");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void not_a_byte_is_missing_after_broken_connections_a_restarted_server_and_a_repository_that_was_away(int major)
            throws Exception {
        try (PostgresServer server = server(major).start();
                StreamedServer streamed = new StreamedServer()) {
            ClusterStream stream = streamed.stream(server, null);
            Lsn from = StreamedServer.awaitAll(stream, server);
            try (Writer writer = new Writer(server)) {
                writer.awaitMore(200);
                // when: the connection is cut, several times
                for (int cut = 0; cut < 3; cut++) {
                    server.execute(
                            "postgres",
                            "select pg_terminate_backend(pid) from pg_stat_replication where application_name like 'holdfast%'");
                    writer.awaitMore(100);
                }
                // when: the repository is away
                streamed.faults.away.set(true);
                writer.awaitMore(500);
                StreamedServer.await(() -> stream.state().trouble().failure() != null);
                streamed.faults.away.set(false);
                writer.awaitMore(100);
                // when: the server restarts, orderly and as after a crash
                server.stop();
                server.start();
                writer.awaitMore(100);
            }
            server.kill();
            server.start();
            server.execute("postgres", "create table last_one (id int)");

            // then
            Lsn end = StreamedServer.awaitAll(stream, server);
            assertThat(streamed.requireEqual(server, 1, from, end, MEGABYTE)).isGreaterThan(3);
            assertThat(stream.state().news()).noneMatch(news -> news.event() instanceof ContinuityLost);
        }
    }

    @Test
    void a_quiet_servers_last_commit_is_stored_and_nothing_is_stored_twice() throws Exception {
        try (PostgresServer server = PostgresServer.of(17).start();
                StreamedServer streamed = new StreamedServer()) {
            // given
            Instant began = Instant.now().minusSeconds(1);
            ClusterStream stream = streamed.stream(server, null);
            Lsn from = StreamedServer.awaitAll(stream, server);
            server.execute("postgres", "create table t (id int)");

            // when: a commit now and then
            for (int i = 0; i < 4; i++) {
                server.execute("postgres", "insert into t values (" + i + ")");
                StreamedServer.awaitAll(stream, server);
            }
            // when: and one after the worker was restarted in mid-segment
            stream.stop();
            stream.join();
            ClusterStream next =
                    streamed.stream(server, stream.state().continuity().orElseThrow());
            server.execute("postgres", "insert into t values (99)");

            // then
            Lsn end = StreamedServer.awaitAll(next, server);
            streamed.requireEqual(server, 1, from, end, 16 * MEGABYTE);
            List<int[]> ranges = increments(streamed);
            assertThat(ranges.size()).isGreaterThan(4);
            for (int i = 1; i < ranges.size(); i++) {
                assertThat(ranges.get(i)[0])
                        .as("increments follow on each other")
                        .isEqualTo(ranges.get(i - 1)[1]);
            }
            StreamedServer.await(() -> next.state()
                    .continuity()
                    .flatMap(known -> Optional.ofNullable(known.archivedUntil()))
                    .isPresent());
            try (Repository repository = streamed.repository()) {
                Place place = StreamedServer.place(repository, server).place();
                assertThat(repository.walTimes(new TargetName("orders"), place).atOrAfter(1, from))
                        .as("the time when the log was there, kept when the first stream ended")
                        .hasValueSatisfying(sample -> assertThat(sample.time())
                                .isBetween(began, Instant.now().plusSeconds(1)));
            }
        }
    }

    @Test
    void a_second_worker_goes_on_when_the_first_one_is_gone() throws Exception {
        try (PostgresServer server = server(17).start();
                StreamedServer streamed = new StreamedServer()) {
            // given: two that want the same slot
            ClusterStream first = streamed.stream(server, null);
            Lsn from = StreamedServer.awaitAll(first, server);
            ClusterStream second =
                    streamed.stream(server, first.state().continuity().orElseThrow());
            StreamedServer.await(() -> second.state().trouble().failure() != null);
            try (Writer writer = new Writer(server)) {
                writer.awaitMore(200);

                // when
                first.abandon();
                writer.awaitMore(200);
            }

            // then
            Lsn end = StreamedServer.awaitAll(second, server);
            streamed.requireEqual(server, 1, from, end, MEGABYTE);
            assertThat(second.state().news()).noneMatch(news -> news.event() instanceof ContinuityLost);
        }
    }

    @Test
    void a_slot_that_the_server_invalidated_is_told_and_made_anew_and_a_base_backup_is_asked_for() throws Exception {
        try (PostgresServer server = PostgresServer.of(17)
                        .initdb("--wal-segsize=1")
                        .setting("max_wal_size", "8MB")
                        .setting("min_wal_size", "2MB")
                        .setting("max_slot_wal_keep_size", "8MB")
                        .start();
                StreamedServer streamed = new StreamedServer()) {
            // given
            ClusterStream stream = streamed.stream(server, null);
            StreamedServer.awaitAll(stream, server);

            // when: more is written than the server may keep, while the repository is away
            streamed.faults.away.set(true);
            server.execute("postgres", "create table t as select repeat('x', 500) from generate_series(1, 50000)");
            for (int i = 0; i < 3; i++) {
                server.execute(
                        "postgres",
                        "insert into t select repeat('y', 500) from generate_series(1, 20000)",
                        "select pg_switch_wal()",
                        "checkpoint");
            }
            StreamedServer.await(
                    () -> stream.state().news().stream().anyMatch(news -> news.event() instanceof WalInterrupted));
            streamed.faults.away.set(false);

            // then
            StreamedServer.await(() -> event(stream, ContinuityLost.class).isPresent());
            ContinuityLost lost = event(stream, ContinuityLost.class).orElseThrow();
            assertThat(lost.failure().category()).isEqualTo(FailureCategory.WAL_MISSING);
            assertThat(lost.failure().message()).contains("invalidated");
            assertThat(Lsn.parse(lost.fromLsn())).isLessThan(Lsn.parse(String.valueOf(lost.toLsn())));
            assertThat(event(stream, BackupRequested.class)).isPresent();
            assertThat(stream.state().news())
                    .anyMatch(
                            news -> news.id().equals(lost.backupRequest()) && news.event() instanceof BackupRequested);
            server.execute("postgres", "create table last_one (id int)");
            StreamedServer.awaitAll(stream, server);
            StreamedServer.await(() -> event(stream, WalResumed.class).isPresent());
        }
    }

    @Test
    void a_server_without_a_limit_of_its_own_does_not_keep_its_log_for_ever_either() throws Exception {
        try (PostgresServer server = server(17).start();
                StreamedServer streamed = new StreamedServer()
                        .with(new ShortTimes(Duration.ofMillis(500), Duration.ofSeconds(1), 4 * MEGABYTE))) {
            // given
            ClusterStream stream = streamed.stream(server, null);
            Lsn before = StreamedServer.awaitAll(stream, server);

            // when: more is written than the worker lets the server keep, while the repository is away
            streamed.faults.away.set(true);
            server.execute(
                    "postgres",
                    "create table t as select repeat('x', 500) from generate_series(1, 30000)",
                    "select pg_switch_wal()",
                    "checkpoint");

            // then
            StreamedServer.await(() -> Lsn.parse(server.query(
                                    "postgres", "select coalesce(max(restart_lsn), '0/0') from pg_replication_slots"))
                            .minus(before)
                    > 4 * MEGABYTE);
        }
    }

    @Test
    void a_server_that_cannot_be_streamed_from_is_told_once_and_with_what_to_set() throws Exception {
        try (PostgresServer server = PostgresServer.of(17)
                        .setting("max_replication_slots", "0")
                        .start();
                StreamedServer streamed = new StreamedServer()) {
            ClusterStream stream = streamed.stream(server, null);

            StreamedServer.await(() -> event(stream, WalInterrupted.class).isPresent());
            TimeUnit.SECONDS.sleep(2);
            assertThat(stream.state().news()).singleElement().satisfies(news -> {
                WalInterrupted interrupted = (WalInterrupted) news.event();
                assertThat(interrupted.failure().category()).isEqualTo(FailureCategory.CONFIGURATION);
                assertThat(interrupted.failure().message()).contains("max_replication_slots is 0");
                assertThat(interrupted.failure().hint()).contains("max_replication_slots = 10");
            });
        }
    }

    @Test
    void another_cluster_at_the_same_address_is_told_and_stored_in_a_place_of_its_own() throws Exception {
        try (PostgresServer server = server(17).start();
                StreamedServer streamed = new StreamedServer()) {
            // given
            Continuity before = new Continuity(4711, 1, Lsn.parse("0/5000000"), null);

            // when
            ClusterStream stream = streamed.stream(server, before);
            StreamedServer.awaitAll(stream, server);

            // then
            ContinuityLost told = event(stream, ContinuityLost.class).orElseThrow();
            assertThat(told.failure().message()).contains("4711");
            assertThat(told.toLsn()).isNull();
            assertThat(event(stream, BackupRequested.class)).isPresent();
            try (Repository repository = streamed.repository()) {
                assertThat(repository.places(
                                StreamedServer.place(repository, server).target()))
                        .containsExactly(
                                StreamedServer.place(repository, server).place());
            }
        }
    }

    private static <E> Optional<E> event(ClusterStream stream, Class<E> type) {
        return stream.state().news().stream()
                .map(StreamState.News::event)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst();
    }

    private static List<int[]> increments(StreamedServer streamed) throws Exception {
        List<int[]> ranges = new ArrayList<>();
        try (Repository repository = streamed.repository()) {
            ObjectStore.Listing listing = repository.store().list("orders/");
            while (listing.hasNext()) {
                String key = listing.next().key().value();
                int dot = key.lastIndexOf('.');
                if (key.contains("/wal/") && dot > 0 && key.length() == dot + 18) {
                    ranges.add(new int[] {
                        Integer.parseInt(key.substring(dot + 1, dot + 9), 16),
                        Integer.parseInt(key.substring(dot + 10), 16)
                    });
                }
            }
        }
        return ranges;
    }
}

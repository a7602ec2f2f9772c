package io.holdfast.backup.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.events.wal.ContinuityLost;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.window.TimelineAncestry;
import io.holdfast.testing.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How old the oldest log is that the server has and the repository lacks: under load, on a quiet server, and through whatever
 * may go wrong, after which not a byte is missing.
 */
@Tag("long")
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class EverySecondTest {
    private static final System.Logger LOG = System.getLogger(EverySecondTest.class.getName());
    private static final int SEGMENT = 16 << 20;
    private static final int TICKS_A_SECOND = 2000;
    /** As services are configured. */
    private static final StreamConfig AS_CONFIGURED =
            new ShortTimes(Duration.ofSeconds(2), Duration.ofSeconds(60), 32L << 30);

    private static final Duration LOAD = Duration.ofMinutes(Integer.getInteger("holdfast.test.load-minutes", 10));

    private static PostgresServer.Builder server() {
        return PostgresServer.of(17).setting("wal_keep_size", "20GB").setting("max_wal_size", "1GB");
    }

    @Test
    void under_load_the_oldest_log_that_the_repository_lacks_is_seconds_old_and_on_a_quiet_server_too()
            throws Exception {
        try (PostgresServer server = server().start();
                StreamedServer streamed = new StreamedServer().with(AS_CONFIGURED)) {
            ClusterStream stream = streamed.stream(server, null);
            Lsn from = StreamedServer.awaitAll(stream, server);
            try (Ticks ticks = new Ticks(TICKS_A_SECOND, server.port());
                    LackingLog lacking = new LackingLog(() -> stream, server)) {
                ticks.await(Duration.ofSeconds(10));
                lacking.begin("under load");
                long before = ticks.count();
                ticks.await(LOAD);
                long rate = (ticks.count() - before) / LOAD.toSeconds();
                LackingLog.Ages load = lacking.end();
                LOG.log(System.Logger.Level.INFO, "{0} ticks a second for {1}: {2}", rate, LOAD, load);
                ticks.pause(true);
                StreamedServer.awaitAll(stream, server);
                lacking.begin("quiet");
                for (int i = 0; i < 12; i++) {
                    TimeUnit.SECONDS.sleep(10);
                    server.execute("postgres", "insert into tick values (" + (-1 - i) + ", clock_timestamp())");
                }
                TimeUnit.SECONDS.sleep(10);
                LackingLog.Ages quiet = lacking.end();
                LOG.log(System.Logger.Level.INFO, "a commit every ten seconds: {0}", quiet);

                assertThat(load.at(0.99)).isLessThan(Duration.ofSeconds(5));
                assertThat(quiet.at(1)).isLessThan(Duration.ofSeconds(10));
            }
            Lsn end = StreamedServer.awaitAll(stream, server);
            LOG.log(
                    System.Logger.Level.INFO,
                    "{0} segments compared",
                    streamed.requireEqual(server, 1, from, end, SEGMENT));
        }
    }

    @Test
    void not_a_byte_is_missing_after_all_that_may_go_wrong() throws Exception {
        try (StreamedServer streamed = new StreamedServer().with(AS_CONFIGURED);
                PostgresServer primary = server().start();
                StallingProxy network = new StallingProxy(primary.port())) {
            Path copy = streamed.folder().resolve("standby");
            primary.stop();
            StreamedServer.copy(primary.dataDirectory(), copy);
            primary.start();
            Files.createFile(copy.resolve("standby.signal"));
            try (PostgresServer standby = server().setting(
                            "primary_conninfo", "host=127.0.0.1 user=postgres port=" + primary.port())
                    .startOn(copy)) {
                List<Integer> ports = List.of(network.port(), standby.port());
                ClusterStream[] stream = {streamed.stream(null, null, ports)};
                Lsn from = StreamedServer.awaitAll(stream[0], primary);
                try (Ticks ticks = new Ticks(TICKS_A_SECOND, primary.port(), standby.port());
                        LackingLog lacking = new LackingLog(() -> stream[0], primary, standby)) {
                    ticks.await(Duration.ofSeconds(10));

                    lacking.begin("the worker dies, another takes over");
                    stream[0].abandon();
                    stream[0].join();
                    stream[0] = streamed.stream(stream[0].state().continuity().orElseThrow(), null, ports);
                    settle(ticks, lacking);

                    lacking.begin("the network is cut for 60 s");
                    network.cut(true);
                    ticks.await(Duration.ofSeconds(60));
                    network.cut(false);
                    settle(ticks, lacking);

                    lacking.begin("the repository is away for five minutes");
                    streamed.faults.away.set(true);
                    ticks.await(Duration.ofMinutes(5));
                    streamed.faults.away.set(false);
                    settle(ticks, lacking);

                    lacking.begin("the repository hangs for two minutes");
                    streamed.faults.hangs.set(true);
                    ticks.await(Duration.ofMinutes(2));
                    streamed.faults.hangs.set(false);
                    settle(ticks, lacking);

                    lacking.begin("the primary is killed, and starts again");
                    primary.kill();
                    primary.start();
                    settle(ticks, lacking);

                    ticks.pause(true);
                    Lsn last = Lsn.parse(primary.query("postgres", "select pg_current_wal_flush_lsn()"));
                    StreamedServer.await(() -> Lsn.parse(standby.query("postgres", "select pg_last_wal_replay_lsn()"))
                                    .compareTo(last)
                            >= 0);
                    lacking.begin("the primary is gone, the standby is promoted");
                    primary.kill();
                    standby.query("postgres", "select pg_promote()");
                    ticks.pause(false);
                    settle(ticks, lacking);
                }
                StreamedServer.await(
                        () -> stream[0].state().continuity().orElseThrow().timeline() == 2);
                Lsn end = StreamedServer.awaitAll(stream[0], standby);
                assertThat(stream[0].state().news()).noneMatch(news -> news.event() instanceof ContinuityLost);
                Lsn fork = Lineage.of(TimelineAncestry.parse(
                                2, Files.readAllBytes(standby.dataDirectory().resolve("pg_wal/00000002.history"))))
                        .end(1)
                        .orElseThrow();
                int compared = streamed.requireEqual(standby, 1, from, fork, SEGMENT)
                        + streamed.requireEqual(standby, 2, fork, end, SEGMENT);
                LOG.log(System.Logger.Level.INFO, "{0} segments compared, from {1} to {2}", compared, from, end);
            }
        }
    }

    /** Half a minute of peace, in which it has to catch up. */
    private static void settle(Ticks ticks, LackingLog lacking) throws InterruptedException {
        ticks.await(Duration.ofSeconds(30));
        StreamedServer.await(() -> lacking.isWithin(Duration.ofSeconds(5)));
        LOG.log(System.Logger.Level.INFO, "{0}", lacking.end());
    }
}

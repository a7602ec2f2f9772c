package io.holdfast.cli.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.demo.LogPosition;
import io.holdfast.events.wal.ContinuityLost;
import io.holdfast.testing.PostgresServer;
import io.holdfast.testing.TestFolders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ticks are committed 2,000 a second, while backups are made, workers that receive the log are killed, the primary is killed,
 * a second one is replaced in an orderly way, and the broker is away. Afterwards a cluster that is restored to any moment of that holds exactly
 * the ticks that were committed until then. {@code -Dholdfast.seed=N} repeats the moments of a run that failed.
 */
@Tag("long")
class RandomMomentsTest {
    private static final int PER_SECOND = 2_000;
    private static final int MOMENTS = Integer.getInteger("holdfast.moments", 50);
    private static final long SEED = Long.getLong("holdfast.seed", System.nanoTime());

    private final Ticks ticks = new Ticks();
    private final List<String> rates = new ArrayList<>();
    private int points;

    @TempDir
    static Path folder;

    private static TickServers servers;
    private static RunningHoldfast holdfast;

    @BeforeAll
    static void start() throws Exception {
        Chain.open(folder);
        servers = TickServers.start(folder);
        holdfast = RunningHoldfast.start(folder, Orders.configuration(folder, servers.target("ticks")));
    }

    @AfterAll
    static void stop() throws Exception {
        if (holdfast != null) {
            holdfast.close();
        }
        servers.close();
    }

    @Test
    void random_targets_of_every_kind_bring_back_exactly_the_ticks_that_were_committed_until_then() throws Exception {
        holdfast.until("the log to be streamed", () -> slots(servers.get(0)).equals("1"));
        TickWriter first = write(0);
        pause(5, first);
        String early = backUp();
        pause(8, first);
        takeOver();
        pause(5, first);
        killedAndReplaced(first);

        TickWriter second = write(1);
        pause(5, second);
        takeOver();
        pause(5, second);
        String late = backUp();
        pause(8, second);
        replacedInOrder(second);

        TickWriter third = write(2);
        pause(5, third);
        holdfast.process("kafka").destroyForcibly();
        pause(10, third);
        holdfast.up();
        pause(5, third);
        rates.add("%.0f".formatted(third.stop()));
        awaitStored(servers.get(2));

        assertThat(new Log(holdfast.kafka()).said(ContinuityLost.class)).isEmpty();
        System.out.printf(
                "%d ticks, %s a second, %d died with their server; %d moments by -Dholdfast.seed=%d%n",
                ticks.last(), rates, ticks.died(), MOMENTS, SEED);
        RandomMoments moments =
                new RandomMoments(ticks, List.of(stored(early), stored(late)), TickServers.TIMELINES, SEED);
        for (int i = 0; i < MOMENTS; i++) {
            requireRestored(moments.next(), i);
        }
    }

    private TickWriter write(int server) {
        return TickWriter.start(ticks, servers.get(server), server + 1, PER_SECOND);
    }

    /** Lets ticks be committed for a while, and names a point or two meanwhile. */
    private void pause(int seconds, TickWriter writer) throws InterruptedException {
        TimeUnit.SECONDS.sleep(seconds / 2);
        writer.name("point " + ++points);
        TimeUnit.SECONDS.sleep(seconds - seconds / 2);
    }

    private static String backUp() throws Exception {
        return holdfast.ok("backup", "--target", "ticks", "--wait-for", "verified")
                .path("backup_id")
                .asText();
    }

    private static RandomMoments.Base stored(String backup) throws Exception {
        JsonNode told = holdfast.backup(backup);
        return new RandomMoments.Base(
                backup,
                LogPosition.of(told.path("stop_lsn").asText()),
                Instant.parse(told.path("finished_at").asText()));
    }

    /** Kills the worker that receives the log; another one goes on with it. */
    private static void takeOver() throws Exception {
        holdfast.second("backup-worker");
        holdfast.until("a worker to receive the log", () -> holder().contains("/"));
        String before = holder();
        String name = before.substring(0, before.indexOf('/'));
        ProcessHandle worker = ProcessHandle.of(Long.parseLong(name.substring(name.lastIndexOf('-') + 1)))
                .orElseThrow();

        worker.destroyForcibly();

        holdfast.until("another worker to receive the log", () -> holder().contains("/") && !holder().equals(before));
        holdfast.up();
    }

    private static String holder() throws Exception {
        try (Connection connection = holdfast.database();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select holder from backup_worker.wal_stream")) {
            return row.next() ? String.valueOf(row.getString(1)) : "nobody";
        }
    }

    /** The primary dies while ticks are committed, and its standby takes its place. */
    private void killedAndReplaced(TickWriter writer) throws Exception {
        servers.get(0).kill();
        rates.add("%.0f".formatted(writer.awaitDeath()));
        TickServers.promote(servers.get(1));
        ticks.goesOnWith(servers.get(1), 1);
    }

    /** Nothing is committed while the roles change. */
    private void replacedInOrder(TickWriter writer) throws Exception {
        rates.add("%.0f".formatted(writer.stop()));
        TickServers.awaitReplay(holdfast, servers.get(1), servers.get(2));
        servers.get(1).stop();
        TickServers.promote(servers.get(2));
        long died = ticks.died();
        ticks.goesOnWith(servers.get(2), 2);
        assertThat(ticks.died()).isEqualTo(died);
    }

    private static String slots(PostgresServer server) {
        return server.query("postgres", "select count(*) from pg_replication_slots where active");
    }

    /** All that the server has written is durable, by the word that was given to the server itself. */
    private static void awaitStored(PostgresServer server) throws Exception {
        String end = server.query("postgres", "select pg_current_wal_flush_lsn()");
        holdfast.until(
                "the log to be stored up to " + end,
                () -> server.query(
                                "postgres",
                                "select count(*) from pg_replication_slots where restart_lsn >= '" + end + "'")
                        .equals("1"));
    }

    private static void requireRestored(RandomMoments.Moment moment, int number) throws Exception {
        Path into = folder.resolve("restored" + number);
        List<String> arguments = new ArrayList<>(List.of("restore", "--into", into.toString(), "--start"));
        arguments.addAll(moment.arguments());
        String what = "moment " + number + " " + moment.arguments() + " by -Dholdfast.seed=" + SEED;

        HoldfastScript.Ended ended = holdfast.run(arguments.toArray(String[]::new));

        assertThat(ended.exitCode())
                .as(what + ": " + ended.output() + ended.errors())
                .isZero();
        try {
            List<Long> found = ticksOf(ended.json().path("connection").asText());
            assertThat(RandomMoments.difference(found, moment.least(), moment.most()))
                    .as(what + ", recovered to " + ended.json().path("recovered_to"))
                    .isEmpty();
        } finally {
            stopServerOn(into);
        }
    }

    private static List<Long> ticksOf(String connection) throws Exception {
        String port = connection.replaceAll(".*port=(\\d+).*", "$1");
        List<Long> found = new ArrayList<>();
        try (Connection restored = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + port + "/postgres", "backup", Orders.PASSWORD);
                Statement statement = restored.createStatement();
                ResultSet rows = statement.executeQuery("select id from tick order by id")) {
            while (rows.next()) {
                found.add(rows.getLong(1));
            }
        }
        return found;
    }

    private static void stopServerOn(Path data) throws Exception {
        Path lock = data.resolve("postmaster.pid");
        if (Files.exists(lock)) {
            ProcessHandle postmaster = ProcessHandle.of(
                            Long.parseLong(Files.readAllLines(lock).getFirst().strip()))
                    .orElseThrow();
            Chain.signal(postmaster, "INT");
            postmaster.onExit().get(60, TimeUnit.SECONDS);
        }
        TestFolders.delete(data);
    }
}

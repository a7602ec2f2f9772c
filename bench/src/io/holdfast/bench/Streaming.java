package io.holdfast.bench;

import io.holdfast.bench.Archiving.Streamed;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A server writes so many megabytes of log a second: real log of before, as messages in the log, so that it compresses as log
 * does. Meanwhile it is looked at how much of that is not stored yet.
 */
final class Streaming {
    private static final int AT_ONCE = 4;
    private static final long SLICE = 1 << 20;

    private final Cluster cluster;
    private final LocalHoldfast local;
    private final Archive archive;
    private final Path logs;

    Streaming(Cluster cluster, LocalHoldfast local, Archive archive, Path logs) {
        this.cluster = cluster;
        this.local = local;
        this.archive = archive;
        this.logs = logs;
    }

    /** By Holdfast's stream. */
    Streamed streamed(double rate, int seconds) throws IOException, InterruptedException, SQLException {
        String name = "rate" + Math.round(rate);
        local.configure("repositories:\n" + local.repositoryLine(name) + "targets:\n  " + name
                + ":\n    postgres: { host: \"" + cluster.data() + "\", port: " + cluster.port()
                + ", user: postgres }\n    repository: " + name + "\n");
        String stored = "select restart_lsn from pg_replication_slots where active and slot_name = 'holdfast_" + name + "'";
        prepare();
        awaitCaughtUp(stored);
        long worker = local.pid("backup-worker");
        double cpu = Processes.own(worker);
        Measured measured = measure(rate, seconds, stored);
        Streamed streamed = measured.streamed(rate, Processes.own(worker) - cpu);
        local.configure("repositories: {}\ntargets: {}\n");
        await("select '0/0'::pg_lsn where not exists (select from pg_replication_slots)");
        Folders.remove(local.repository(name));
        say("holdfast", streamed);
        return streamed;
    }

    /** By {@code archive_command}, with pgBackRest's process beside the server. */
    Streamed pushed(double rate, int seconds) throws IOException, InterruptedException, SQLException {
        archive.begin(true);
        prepare();
        cluster.execute(
                "select pg_stat_reset_shared('archiver')",
                "select pg_switch_wal()",
                "alter system set archive_command = '" + archive.pushing() + "'",
                "select pg_reload_conf()");
        // Up to the end of the segment that was archived last.
        String stored = "select '0/0'::pg_lsn + ((('x' || substr(last_archived_wal, 9, 8))::bit(32)::bigint * 256"
                + " + ('x' || substr(last_archived_wal, 17, 8))::bit(32)::bigint) + 1) * 16777216"
                + " from pg_stat_archiver where length(last_archived_wal) = 24";
        awaitCaughtUp(stored);
        long archiver = Long.parseLong(cluster.ask("select pid from pg_stat_activity where backend_type = 'archiver'"));
        double cpu = Processes.withEnded(archiver);
        try (Processes.Daemons daemons = new Processes.Daemons(archive.configuration().toString())) {
            Measured measured = measure(rate, seconds, stored);
            Streamed streamed = measured.streamed(rate, Processes.withEnded(archiver) - cpu + daemons.seconds());
            say("pgbackrest_async", streamed);
            return streamed;
        } finally {
            cluster.execute("alter system set archive_command = 'true'", "select pg_reload_conf()");
        }
    }

    private static void say(String way, Streamed one) {
        Archiving.say("%s, %.0f MB/s: wrote %.0f, lag %s MB, at most %.0f, all stored %.1f s later, CPU %.2f s/GB"
                .formatted(way, one.wanted(), one.written(), one.lag(), one.most(), one.drained(), one.cpu()));
    }

    /** Nothing is archived; and slices of the log of before are at hand. */
    private void prepare() throws SQLException {
        cluster.execute(
                "alter system set archive_command = 'true'",
                "select pg_reload_conf()",
                "create table if not exists slice (id int primary key, log bytea)",
                "alter table slice alter log set storage external",
                "insert into slice select row_number() over (order by name, at), pg_read_binary_file('pg_wal/' || name, at, "
                        + SLICE + ") from (select name, generate_series(0, 15) * " + SLICE + " as at from pg_ls_waldir()"
                        + " where length(name) = 24 order by name limit 128) slices where not exists (select from slice)",
                "checkpoint");
    }

    /** Waits until all but the newest segment is stored. */
    private void awaitCaughtUp(String stored) throws SQLException, InterruptedException, IOException {
        await("select '0/0'::pg_lsn where (" + stored + ") >= pg_current_wal_flush_lsn() - 16777216::numeric");
    }

    private void await(String position) throws SQLException, InterruptedException, IOException {
        for (int i = 0; position(position) < 0; i++) {
            if (i == 6000) {
                throw new IOException("waited in vain: " + position);
            }
            Thread.sleep(100);
        }
    }

    /** Bytes from the log's beginning; -1 where there is no answer yet. */
    private long position(String question) throws SQLException {
        try (Connection connection = cluster.connect()) {
            return position(connection, question);
        }
    }

    private static long position(Connection connection, String question) throws SQLException {
        try (PreparedStatement ask = connection.prepareStatement("select (" + question + ") - '0/0'::pg_lsn");
                ResultSet row = ask.executeQuery()) {
            row.next();
            long position = row.getLong(1);
            return row.wasNull() ? -1 : position;
        }
    }

    /** What was seen. */
    private record Measured(long bytes, double seconds, List<Double> lags, double drained) {
        Streamed streamed(double rate, double cpu) {
            List<Double> quarters = new ArrayList<>();
            for (int quarter = 1; quarter <= 4; quarter++) {
                quarters.add(lags.get(Math.max(0, lags.size() * quarter / 4 - 1)));
            }
            double most = lags.stream().mapToDouble(Double::doubleValue).max().orElse(0);
            return new Streamed(rate, bytes / 1e6 / seconds, quarters, most, drained, cpu / (bytes / 1e9));
        }
    }

    private Measured measure(double rate, int seconds, String stored)
            throws IOException, InterruptedException, SQLException {
        Writer writer = new Writer(rate, seconds);
        try (Connection connection = cluster.connect()) {
            long from = position(connection, "select pg_current_wal_flush_lsn()");
            long begun = System.nanoTime();
            writer.thread.start();
            List<Double> lags = new ArrayList<>();
            while (writer.thread.isAlive()) {
                Thread.sleep(200);
                lags.add(lag(connection, stored) / 1e6);
            }
            double wrote = (System.nanoTime() - begun) / 1e9;
            writer.requireWell();
            long written = position(connection, "select pg_current_wal_insert_lsn()");
            // Nothing is pushed before a segment is full.
            cluster.execute("select pg_switch_wal()");
            long end = position(connection, "select pg_current_wal_flush_lsn()");
            while (position(connection, stored) < end) {
                Thread.sleep(20);
                if (System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(seconds) * 20) {
                    throw new IOException("not all of the log was stored");
                }
            }
            return new Measured(written - from, wrote, lags, (System.nanoTime() - begun) / 1e9 - wrote);
        }
    }

    private static double lag(Connection connection, String stored) throws SQLException {
        long until = position(connection, stored);
        return Math.max(0, position(connection, "select pg_current_wal_flush_lsn()") - until);
    }

    /** Writes as told, or as fast as it can. */
    private final class Writer implements Runnable {
        private final double rate;
        private final int seconds;
        private final Thread thread = Thread.ofPlatform().daemon().name("log").unstarted(this);
        private volatile SQLException failure;

        Writer(double rate, int seconds) {
            this.rate = rate;
            this.seconds = seconds;
        }

        @Override
        public void run() {
            long begun = System.nanoTime();
            try (Connection connection = cluster.connect()) {
                int slices;
                try (ResultSet count = connection.createStatement().executeQuery("select count(*) from slice")) {
                    count.next();
                    slices = count.getInt(1);
                }
                try (PreparedStatement write = connection.prepareStatement("select pg_logical_emit_message(false, 'load', log)"
                        + " from slice where id between ? and ?")) {
                    long written = 0;
                    for (int at = 1; System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(seconds); at += AT_ONCE) {
                        int first = at % (slices - AT_ONCE) + 1;
                        write.setInt(1, first);
                        write.setInt(2, first + AT_ONCE - 1);
                        write.execute();
                        written += AT_ONCE * SLICE;
                        LockSupport.parkNanos(begun + (long) (written / (rate * 1e6) * 1e9) - System.nanoTime());
                    }
                }
            } catch (SQLException e) {
                failure = e;
            }
        }

        void requireWell() throws SQLException {
            if (failure != null) {
                throw failure;
            }
        }
    }
}

package io.holdfast.backup.stream;

import io.holdfast.repository.wal.Lsn;
import io.holdfast.testing.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Measures how long ago the oldest log was written that a server has and the repository lacks: asks the server twenty times a
 * second how far it is, and looks each time since when there is more than what is durable.
 */
final class LackingLog implements AutoCloseable {
    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Supplier<ClusterStream> stream;
    private final int[] ports;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Deque<Position> positions = new ArrayDeque<>();
    private List<Duration> ages = new ArrayList<>();
    private String name = "";
    private Duration newest = Duration.ZERO;

    private record Position(long nanos, Lsn end) {}

    /** Ages that were seen, in order of size. */
    record Ages(String name, List<Duration> sorted) {
        Duration at(double quantile) {
            return sorted.isEmpty()
                    ? Duration.ZERO
                    : sorted.get((int) Math.min(sorted.size() - 1L, (long) (quantile * sorted.size())));
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%s: age of the oldest log that the repository lacks: median %d ms, p99 %d ms, most %d ms (%d looks)",
                    name,
                    at(0.5).toMillis(),
                    at(0.99).toMillis(),
                    at(1).toMillis(),
                    sorted.size());
        }
    }

    LackingLog(Supplier<ClusterStream> stream, PostgresServer... servers) {
        this.stream = stream;
        this.ports =
                java.util.Arrays.stream(servers).mapToInt(PostgresServer::port).toArray();
        Thread.ofPlatform().daemon().start(this::run);
    }

    private void run() {
        for (int at = 0; !ended.get(); at++) {
            try (Connection connection = DriverManager.getConnection(
                            "jdbc:postgresql://127.0.0.1:" + ports[at % ports.length]
                                    + "/postgres?connectTimeout=5&socketTimeout=30",
                            "postgres",
                            "");
                    Statement statement = connection.createStatement()) {
                while (!ended.get()) {
                    // A standby refuses that: then it is the other one.
                    try (ResultSet row = statement.executeQuery("select pg_current_wal_flush_lsn()")) {
                        row.next();
                        look(Lsn.parse(row.getString(1)));
                    }
                    LockSupport.parkNanos(EVERY_NANOS);
                }
            } catch (SQLException e) {
                look(Lsn.ZERO);
                LockSupport.parkNanos(EVERY_NANOS);
            }
        }
    }

    /** @param end how far the server is; nothing where it does not answer: what it had by then grows older all the same */
    private synchronized void look(Lsn end) {
        long now = System.nanoTime();
        if (!end.equals(Lsn.ZERO)
                && (positions.isEmpty() || positions.getLast().end().compareTo(end) < 0)) {
            positions.addLast(new Position(now, end));
        }
        Lsn durable = stream.get().state().continuity().map(Continuity::durable).orElse(Lsn.ZERO);
        while (!positions.isEmpty() && positions.getFirst().end().compareTo(durable) <= 0) {
            positions.removeFirst();
        }
        newest = positions.isEmpty()
                ? Duration.ZERO
                : Duration.ofNanos(now - positions.getFirst().nanos());
        ages.add(newest);
    }

    synchronized boolean isWithin(Duration age) {
        return newest.compareTo(age) < 0;
    }

    synchronized void begin(String what) {
        name = what;
        ages = new ArrayList<>();
    }

    synchronized Ages end() {
        List<Duration> sorted = new ArrayList<>(ages);
        Collections.sort(sorted);
        return new Ages(name, sorted);
    }

    @Override
    public void close() {
        ended.set(true);
    }
}

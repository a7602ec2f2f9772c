package io.holdfast.backup.stream;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Commits ticks at a rate, one by one, on whichever of some servers takes them. */
final class Ticks implements AutoCloseable {
    private static final int THREADS = 2;

    private final int[] ports;
    private final long pauseNanos;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicBoolean paused = new AtomicBoolean();
    private final AtomicLong count = new AtomicLong();

    Ticks(int aSecond, int... ports) throws SQLException {
        this.ports = ports;
        this.pauseNanos = TimeUnit.SECONDS.toNanos(1) * THREADS / aSecond;
        try (Connection connection = open(ports[0]);
                Statement statement = connection.createStatement()) {
            statement.execute("create table tick (id bigint, at timestamptz)");
        }
        for (int i = 0; i < THREADS; i++) {
            Thread.ofPlatform().daemon().start(this::write);
        }
    }

    private static Connection open(int port) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres?connectTimeout=5&socketTimeout=30", "postgres", "");
    }

    private void write() {
        for (int at = 0; !ended.get(); at++) {
            try (Connection connection = open(ports[at % ports.length]);
                    PreparedStatement insert =
                            connection.prepareStatement("insert into tick values (?, clock_timestamp())")) {
                tick(insert);
            } catch (SQLException e) {
                // It is down, or a standby: the other one then.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }

    private void tick(PreparedStatement insert) throws SQLException {
        long due = System.nanoTime();
        while (!ended.get()) {
            if (paused.get()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
                due = System.nanoTime();
                continue;
            }
            insert.setLong(1, count.incrementAndGet());
            insert.executeUpdate();
            due += pauseNanos;
            long ahead = due - System.nanoTime();
            if (ahead > 0) {
                LockSupport.parkNanos(ahead);
            } else if (ahead < -TimeUnit.SECONDS.toNanos(1)) {
                due = System.nanoTime();
            }
        }
    }

    long count() {
        return count.get();
    }

    void pause(boolean now) {
        paused.set(now);
    }

    /** Lets it work for so long. */
    void await(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }

    @Override
    public void close() {
        ended.set(true);
    }
}

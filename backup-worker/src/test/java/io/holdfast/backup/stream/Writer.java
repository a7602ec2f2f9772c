package io.holdfast.backup.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Writes without pause, also over broken connections. */
final class Writer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final PostgresServer server;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicLong commits = new AtomicLong();
    private final Thread thread;

    Writer(PostgresServer server) {
        this.server = server;
        server.execute("postgres", "create table if not exists written (id bigint, note text)");
        thread = Thread.ofPlatform().start(this::write);
    }

    private void write() {
        while (!ended.get()) {
            try (Connection connection = server.connect("postgres");
                    Statement statement = connection.createStatement()) {
                while (!ended.get()) {
                    statement.execute("insert into written select i, repeat(md5(i::text), 20)"
                            + " from generate_series(1, 20) as i");
                    commits.incrementAndGet();
                }
            } catch (SQLException e) {
                // The server is just not there.
                Thread.onSpinWait();
            }
        }
    }

    void awaitMore(long count) throws InterruptedException {
        long wanted = commits.get() + count;
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (commits.get() < wanted) {
            assertThat(System.nanoTime()).as("commits go on").isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    @Override
    public void close() {
        ended.set(true);
        StreamedServer.await(() -> !thread.isAlive());
    }
}

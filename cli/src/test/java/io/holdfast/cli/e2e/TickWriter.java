package io.holdfast.cli.e2e;

import io.holdfast.cli.demo.LogPosition;
import io.holdfast.testing.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Commits ticks to a server, each in a transaction of its own, as fast as asked for or as it can, until it is told to stop or
 * the server dies. The only one who writes there.
 */
final class TickWriter {
    private static final int AT_ONCE = 20;

    private final Ticks ticks;
    private final PostgresServer server;
    private final int timeline;
    private final int perSecond;
    private final Queue<String> names = new ConcurrentLinkedQueue<>();
    private final Thread thread = new Thread(this::write, "ticks");
    private volatile boolean stopping;
    private volatile @Nullable Exception failure;
    private volatile double rate;

    private TickWriter(Ticks ticks, PostgresServer server, int timeline, int perSecond) {
        this.ticks = ticks;
        this.server = server;
        this.timeline = timeline;
        this.perSecond = perSecond;
    }

    static TickWriter start(Ticks ticks, PostgresServer server, int timeline, int perSecond) {
        TickWriter started = new TickWriter(ticks, server, timeline, perSecond);
        started.thread.start();
        return started;
    }

    /** Names the point in the log where it is by then. */
    void name(String point) {
        names.add(point);
    }

    /** Returns once no more ticks are committed, with how many a second it were. */
    double stop() throws Exception {
        stopping = true;
        thread.join();
        Exception failed = failure;
        if (failed != null) {
            throw failed;
        }
        return rate;
    }

    /** Returns once it has noticed that its server has died. */
    double awaitDeath() throws InterruptedException {
        thread.join(TimeUnit.SECONDS.toMillis(30));
        if (failure == null) {
            throw new AssertionError("the server is dead, and ticks are still committed there");
        }
        return rate;
    }

    private void write() {
        long begun = System.nanoTime();
        long written = 0;
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            while (!stopping) {
                String name = names.poll();
                if (name != null) {
                    statement.execute("select pg_create_restore_point('" + name + "')");
                    ticks.named(name);
                }
                some(statement);
                written += AT_ONCE;
                LockSupport.parkNanos(begun + TimeUnit.SECONDS.toNanos(written) / perSecond - System.nanoTime());
            }
        } catch (SQLException | RuntimeException e) {
            failure = e;
        }
        rate = written * 1e9 / (System.nanoTime() - begun);
    }

    /** Sent together, committed each for itself; what the server told of none of them counts as not heard. */
    private void some(Statement statement) throws SQLException {
        StringBuilder sql = new StringBuilder();
        for (int i = 0; i < AT_ONCE; i++) {
            sql.append("begin; insert into tick (id, at) values (")
                    .append(ticks.next())
                    .append(
                            ", clock_timestamp()) returning id, pg_current_xact_id()::xid::text,"
                                    + " pg_current_wal_insert_lsn(); commit;"
                                    + " select xid::text, \"timestamp\", pg_current_wal_insert_lsn() from pg_last_committed_xact();");
        }
        List<String[]> inserted = new ArrayList<>();
        statement.execute(sql.toString());
        do {
            try (ResultSet told = statement.getResultSet()) {
                if (told == null) {
                    continue;
                }
                told.next();
                if (told.getMetaData().getColumnName(1).equals("id")) {
                    inserted.add(new String[] {told.getString(1), told.getString(2), told.getString(3)});
                } else {
                    committed(inserted.getLast(), told);
                }
            }
        } while (statement.getMoreResults() || statement.getUpdateCount() != -1);
    }

    private void committed(String[] inserted, ResultSet told) throws SQLException {
        if (!inserted[1].equals(told.getString(1))) {
            throw new IllegalStateException(
                    "somebody else wrote: " + told.getString(1) + " was committed, not " + inserted[1]);
        }
        ticks.committed(new Ticks.Tick(
                Long.parseLong(inserted[0]),
                Long.parseLong(inserted[1]),
                told.getObject(2, OffsetDateTime.class).toInstant(),
                LogPosition.of(inserted[2]),
                LogPosition.of(told.getString(3)),
                timeline,
                true));
    }
}

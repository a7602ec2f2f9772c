package io.holdfast.cli.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * The shop's customers: places one order after the other, each in a transaction of its own, as long as the database lives,
 * and enters what was confirmed into the ledger.
 */
final class OrderWriter implements AutoCloseable {
    private static final int MOST_LINES = 4;
    private static final long PAUSE_MILLIS = 10;

    private final Connection connection;
    private final Ledger ledger;
    private final Clock clock;
    private final RandomGenerator random;
    private final Thread thread;
    private volatile boolean stopped;
    private long order;

    /**
     * @param connection used by this writer alone, and closed by it
     * @param lastOrder  the id of the last order that was loaded
     */
    OrderWriter(Connection connection, Ledger ledger, long lastOrder, Clock clock, RandomGenerator random) {
        this.connection = connection;
        this.ledger = ledger;
        this.order = lastOrder;
        this.clock = clock;
        this.random = random;
        this.thread = Thread.ofPlatform().name("order-writer").daemon().unstarted(this::write);
    }

    void start() {
        thread.start();
    }

    private void write() {
        try (connection;
                Statement statement = connection.createStatement()) {
            statement.execute("set timezone = 'UTC'");
            connection.setAutoCommit(false);
            while (!stopped) {
                ledger.enter(place(++order));
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (SQLException e) {
            // The database is gone: that is the point of the demo. What was not confirmed is not in the ledger.
            stopped = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Ledger.Entry place(long id) throws SQLException {
        int lines = 1 + random.nextInt(MOST_LINES);
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into orders select ?, (select id from customers order by id limit 1 offset ?), now(), 'placed', ?")) {
            insert.setLong(1, id);
            insert.setInt(2, random.nextInt(100));
            insert.setString(3, "placed while it was backed up, no. " + id);
            insert.executeUpdate();
        }
        for (int line = 1; line <= lines; line++) {
            addLine(id, line, 1 + random.nextInt(Shop.products()), 1 + random.nextInt(5));
        }
        long fingerprint;
        LogPosition before;
        try (PreparedStatement query = connection.prepareStatement(
                "select " + Contents.ORDER_FINGERPRINT + ", pg_current_wal_insert_lsn() from orders o where id = ?")) {
            query.setLong(1, id);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                fingerprint = row.getLong(1);
                before = LogPosition.of(row.getString(2));
            }
        }
        connection.commit();
        LogPosition after;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_current_wal_insert_lsn()")) {
            row.next();
            after = LogPosition.of(row.getString(1));
        }
        return new Ledger.Entry(id, lines, fingerprint, before, after, clock.instant());
    }

    private void addLine(long id, int line, int product, int quantity) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into order_lines select ?, ?, id, ?, price from products where id = ?")) {
            insert.setLong(1, id);
            insert.setInt(2, line);
            insert.setInt(3, quantity);
            insert.setInt(4, product);
            insert.executeUpdate();
        }
        try (PreparedStatement update =
                connection.prepareStatement("update products set stock = stock - ? where id = ?")) {
            update.setInt(1, quantity);
            update.setInt(2, product);
            update.executeUpdate();
        }
    }

    /** Stops after the order that is being placed. */
    @Override
    public void close() {
        stopped = true;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            // It is a daemon, and ends with its connection.
            Thread.currentThread().interrupt();
        }
    }
}

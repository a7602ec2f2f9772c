package io.holdfast.runtime.outbox;

import io.holdfast.events.wire.WireEvent;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;

/** The outbox's table as the relay sees it: taken in batches, by one relay at a time. */
final class OutboxTable {

    private static final int BATCH = 500;

    /** Longer than a producer tries, so that a relay that slept cannot send what another one has already overtaken. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(30);

    private final DataSource database;

    OutboxTable(DataSource database) {
        this.database = database;
    }

    /** Sends a batch, and returns only when the broker has all of it. */
    @FunctionalInterface
    interface Sender {
        void sendAll(List<WireEvent> events) throws ExecutionException, TimeoutException, InterruptedException;
    }

    /**
     * Hands the next events over and marks them as published, all or none.
     *
     * @return how many; 0 also when another process relays
     */
    int relay(Sender sender) throws SQLException, ExecutionException, TimeoutException, InterruptedException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            boolean done = false;
            try {
                int count = tryLock(connection) ? relayBatch(connection, sender) : 0;
                connection.commit();
                done = true;
                return count;
            } finally {
                if (!done) {
                    connection.rollback();
                }
                connection.setAutoCommit(true);
            }
        }
    }

    private static boolean tryLock(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // A relay that is stopped in mid-batch must not hold up the others for ever.
            statement.execute("set local idle_in_transaction_session_timeout = " + LONGEST_SILENCE.toMillis());
            try (ResultSet answer = statement.executeQuery(
                    "select pg_try_advisory_xact_lock(hashtextextended(current_schema() || '/outbox-relay', 0))")) {
                return answer.next() && answer.getBoolean(1);
            }
        }
    }

    private static int relayBatch(Connection connection, Sender sender)
            throws SQLException, ExecutionException, TimeoutException, InterruptedException {
        List<Long> ids = new ArrayList<>();
        List<WireEvent> events = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "select id, topic, key, headers, data from outbox where published_at is null order by id limit ?")) {
            select.setInt(1, BATCH);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getLong(1));
                    events.add(new WireEvent(
                            rows.getString(2),
                            rows.getString(3),
                            Headers.fromJson(rows.getString(4)),
                            rows.getBytes(5)));
                }
            }
        }
        if (events.isEmpty()) {
            return 0;
        }
        sender.sendAll(events);
        try (PreparedStatement mark =
                connection.prepareStatement("update outbox set published_at = now() where id = any (?)")) {
            Array published = connection.createArrayOf("bigint", ids.toArray());
            mark.setArray(1, published);
            mark.executeUpdate();
            published.free();
        }
        return events.size();
    }

    long backlog() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery("select count(*) from outbox where published_at is null")) {
            count.next();
            return count.getLong(1);
        }
    }

    void prune(Duration keep) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement delete = connection.prepareStatement(
                        "delete from outbox where published_at < now() - make_interval(secs => ?)")) {
            delete.setDouble(1, (double) keep.toSeconds());
            delete.executeUpdate();
        }
    }
}

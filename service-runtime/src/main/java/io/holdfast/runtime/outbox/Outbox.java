package io.holdfast.runtime.outbox;

import io.holdfast.events.Event;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.runtime.database.AfterCommit;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;

/**
 * Says events in the caller's transaction: they are said if and only if it commits, and reach Kafka at least once, in
 * order for each key. Thread safe.
 *
 * <p>A transaction that says events of several keys keeps each key for itself until it ends; say them in one order
 * everywhere, or two such transactions may have to be repeated.
 */
@Singleton
public class Outbox {

    // Upper bounds of what Kafka's record format adds: https://kafka.apache.org/documentation/#recordbatch
    private static final long RECORD_OVERHEAD = 256;
    private static final long HEADER_OVERHEAD = 10;

    private final DataSource database;
    private final AfterCommit afterCommit;
    private final EventCodec codec;
    private final OutboxBell bell;

    Outbox(DataSource database, AfterCommit afterCommit, EventCodec codec, OutboxBell bell) {
        this.database = database;
        this.afterCommit = afterCommit;
        this.codec = codec;
        this.bell = bell;
    }

    /**
     * Says an event on its own topic.
     *
     * @throws IllegalStateException outside of a transaction
     */
    public void publish(Event<?> event) {
        publish(codec.encode(event));
    }

    /**
     * Says a record, such as a signed event or one for a topic of the caller's choice.
     *
     * @throws IllegalStateException outside of a transaction
     * @throws IllegalArgumentException when the data is longer than {@link EventCodec#MAX_BYTES}, or the record with
     *     its headers longer than the producer sends: it would never be taken, and hold up all that comes after it
     */
    public void publish(WireEvent event) {
        if (!afterCommit.inTransaction()) {
            throw new IllegalStateException(
                    "events are said inside of a transaction only. HINT: make the caller @Transactional.");
        }
        if (event.data().length > EventCodec.MAX_BYTES) {
            throw new IllegalArgumentException(event + " is longer than " + EventCodec.MAX_BYTES + " bytes");
        }
        if (recordBytes(event) > OutboxProducer.MAX_RECORD) {
            throw new IllegalArgumentException(
                    event + " is longer than " + OutboxProducer.MAX_RECORD + " bytes with its headers");
        }
        try (Connection connection = database.getConnection()) {
            insert(connection, event);
        } catch (SQLException e) {
            throw new OutboxException("the event cannot be noted: " + e.getMessage(), e);
        }
        afterCommit.then(bell.bell()::ring);
    }

    /** At most so long is the record that the producer makes of it. */
    private static long recordBytes(WireEvent event) {
        long length = RECORD_OVERHEAD + event.data().length + (event.key() == null ? 0 : bytes(event.key()));
        for (Map.Entry<String, String> header : event.headers().entrySet()) {
            length += HEADER_OVERHEAD + bytes(header.getKey());
            length += bytes(header.getValue());
        }
        return length;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void insert(Connection connection, WireEvent event) throws SQLException {
        if (event.key() != null) {
            // The order of ids is not the order of commits, unless writers of one key wait for each other.
            try (PreparedStatement lock = connection.prepareStatement(
                    "select pg_advisory_xact_lock(hashtextextended(current_schema() || '/outbox/' || ?, 0))")) {
                lock.setString(1, event.key());
                lock.execute();
            }
        }
        try (PreparedStatement insert =
                connection.prepareStatement("insert into outbox (topic, key, headers, data) values (?, ?, ?, ?)")) {
            insert.setString(1, event.topic());
            insert.setString(2, event.key());
            insert.setString(3, Headers.toJson(event.headers()));
            insert.setBytes(4, event.data());
            insert.executeUpdate();
        }
    }
}

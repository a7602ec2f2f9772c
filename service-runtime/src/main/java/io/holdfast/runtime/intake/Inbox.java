package io.holdfast.runtime.intake;

import io.holdfast.events.EventId;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Which events were handled, by whom. By topic: what anybody may write to one must not claim ids of another. */
@Singleton
class Inbox {

    /** The answer to noting an event. */
    enum Noted {
        /** Not seen before: it is to be handled in the same transaction. */
        NEW,
        /** The very same record was handled: Kafka delivers again what was not acknowledged in time. */
        SAME_RECORD,
        /** The event was handled, from another record: somebody said it again. */
        OTHER_RECORD
    }

    private final DataSource database;

    Inbox(DataSource database) {
        this.database = database;
    }

    Noted note(String consumer, EventId event, String topic, String position) throws SQLException {
        try (Connection connection = database.getConnection()) {
            return note(connection, consumer, event.value(), topic, position);
        }
    }

    /** Whether this dead letter is said for the first time. */
    boolean noteDeadLetter(String consumer, IncomingRecord incoming) throws SQLException {
        if (incoming.offset() < 0) {
            return true;
        }
        // By its place: a dead letter may have no id, or the id of an event that was handled.
        String place = "dead letter " + incoming.wire().topic() + "/" + incoming.position();
        try (Connection connection = database.getConnection()) {
            return note(connection, consumer, place, incoming.wire().topic(), incoming.position()) == Noted.NEW;
        }
    }

    private static Noted note(Connection connection, String consumer, String id, String topic, String position)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into inbox (consumer, event_id, topic, position) values (?, ?, ?, ?) on conflict do nothing")) {
            insert.setString(1, consumer);
            insert.setString(2, id);
            insert.setString(3, topic);
            insert.setString(4, position);
            if (insert.executeUpdate() == 1) {
                return Noted.NEW;
            }
        }
        try (PreparedStatement select = connection.prepareStatement(
                "select position = ? from inbox where consumer = ? and topic = ? and event_id = ?")) {
            select.setString(1, position);
            select.setString(2, consumer);
            select.setString(3, topic);
            select.setString(4, id);
            try (ResultSet row = select.executeQuery()) {
                return row.next() && row.getBoolean(1) ? Noted.SAME_RECORD : Noted.OTHER_RECORD;
            }
        }
    }
}

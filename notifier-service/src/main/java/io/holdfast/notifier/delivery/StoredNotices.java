package io.holdfast.notifier.delivery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.notifier.incident.Matter;
import io.holdfast.notifier.incident.Notice;
import io.holdfast.notifier.incident.Notices;
import jakarta.inject.Singleton;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.ZoneOffset;
import javax.sql.DataSource;

/** Notices as rows; from then on they are delivered whatever happens to this process. Thread safe. */
@Singleton
class StoredNotices implements Notices {

    private static final ObjectMapper JSON = EventCodec.newJsonMapper();

    private final DataSource database;
    private final TransactionSynchronizationRegistry transaction;
    private final DeliveryBell bell;
    private final Clock clock;

    StoredNotices(DataSource database, TransactionSynchronizationRegistry transaction, DeliveryBell bell, Clock clock) {
        this.database = database;
        this.transaction = transaction;
        this.bell = bell;
        this.clock = clock;
    }

    @Override
    public void add(Matter matter, Notice notice) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "insert into notice (event_id, matter, content, decided_at) values (?, ?, ?, ?)"
                                + " on conflict do nothing")) {
            insert.setString(1, notice.event().value());
            insert.setString(2, matter.key());
            insert.setString(3, write(notice));
            insert.setObject(4, clock.instant().atOffset(ZoneOffset.UTC));
            insert.executeUpdate();
        }
        transaction.registerInterposedSynchronization(new RingAfterCommit());
    }

    static Notice read(String json) {
        try {
            return JSON.readValue(json, Notice.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a notice in the database cannot be read", e);
        }
    }

    private static String write(Notice notice) {
        try {
            // PostgreSQL stores no NUL in a text, and nobody reads one.
            return JSON.writeValueAsString(notice).replace("\\u0000", " ");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every notice can be written as JSON", e);
        }
    }

    private final class RingAfterCommit implements Synchronization {
        @Override
        public void beforeCompletion() {}

        @Override
        public void afterCompletion(int status) {
            if (status == Status.STATUS_COMMITTED) {
                bell.ring();
            }
        }
    }
}

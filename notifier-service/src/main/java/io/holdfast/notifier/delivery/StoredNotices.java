package io.holdfast.notifier.delivery;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.notifier.incident.Notice;
import io.holdfast.notifier.incident.Notices;
import jakarta.inject.Singleton;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.ZoneOffset;
import javax.sql.DataSource;

/** Notices as rows; from then on they are delivered whatever happens to this process. Thread safe. */
@Singleton
class StoredNotices implements Notices {

    private static final ObjectMapper JSON = EventCodec.newJsonMapper()
            .registerModule(new SimpleModule().addSerializer(String.class, new StorableText()));

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
    public void add(String matter, Notice notice) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "insert into notice (event_id, matter, content, decided_at, answers) values (?, ?, ?, ?, ?)"
                                + " on conflict do nothing")) {
            insert.setString(1, notice.event().value());
            insert.setString(2, matter);
            insert.setString(3, write(notice));
            insert.setObject(4, clock.instant().atOffset(ZoneOffset.UTC));
            insert.setString(
                    5, notice.answers() == null ? null : notice.answers().value());
            insert.executeUpdate();
        }
        transaction.registerInterposedSynchronization(new RingAfterCommit());
    }

    static Notice read(String json) throws JsonProcessingException {
        return JSON.readValue(json, Notice.class);
    }

    static String write(Notice notice) {
        try {
            return JSON.writeValueAsString(notice);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every notice can be written as JSON", e);
        }
    }

    /** Texts without what PostgreSQL cannot store and nobody reads: NUL, and halves of characters. */
    private static final class StorableText extends StdSerializer<String> {
        private static final long serialVersionUID = 1;

        StorableText() {
            super(String.class);
        }

        @Override
        public void serialize(String text, JsonGenerator json, SerializerProvider provider) throws IOException {
            String whole = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
            json.writeString(whole.replace('\u0000', ' '));
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

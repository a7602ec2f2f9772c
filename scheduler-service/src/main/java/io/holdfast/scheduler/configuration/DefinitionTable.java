package io.holdfast.scheduler.configuration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.events.EventType;
import io.holdfast.events.definition.Definition;
import io.holdfast.events.wire.EventCodec;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;

/** What was said on the topic of definitions. Every method belongs into the caller's transaction. Thread safe. */
@Singleton
class DefinitionTable {

    private static final ObjectMapper JSON = EventCodec.newJsonMapper();

    private final DataSource database;

    DefinitionTable(DataSource database) {
        this.database = database;
    }

    /** A definition and when it was said. */
    record Said(Definition definition, Instant at) {}

    /** Everything that was said, by subject; kept from other instances until the transaction ends. */
    Map<String, Said> lockAll() throws SQLException {
        Map<String, Said> all = new HashMap<>();
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_advisory_xact_lock(hashtextextended(current_schema() || '/definitions', 0))");
            try (ResultSet rows = statement.executeQuery("select type, data, said_at from definition")) {
                while (rows.next()) {
                    Definition definition = read(text(rows, 1), text(rows, 2));
                    all.put(
                            definition.subject(),
                            new Said(definition, rows.getTimestamp(3).toInstant()));
                }
            }
        }
        return all;
    }

    void put(Definition definition, Instant saidAt) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement upsert = connection.prepareStatement(
                        "insert into definition (subject, revision, type, data, said_at) values (?, ?, ?, ?, ?)"
                                + " on conflict (subject) do update set revision = excluded.revision,"
                                + " type = excluded.type, data = excluded.data, said_at = excluded.said_at")) {
            upsert.setString(1, definition.subject());
            upsert.setLong(2, definition.revision());
            upsert.setString(3, EventType.of(definition).wireName());
            upsert.setString(4, json(definition));
            upsert.setTimestamp(5, Timestamp.from(saidAt));
            upsert.executeUpdate();
        }
    }

    static String json(Definition definition) {
        try {
            return JSON.writeValueAsString(definition);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("every definition can be written as JSON", e);
        }
    }

    private static Definition read(String type, String data) {
        try {
            return (Definition)
                    JSON.readValue(data, EventType.named(type).orElseThrow().record());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the table holds a definition that cannot be read", e);
        }
    }

    private static String text(ResultSet row, int column) throws SQLException {
        return Objects.requireNonNull(row.getString(column));
    }
}

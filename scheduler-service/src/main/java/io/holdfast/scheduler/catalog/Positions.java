package io.holdfast.scheduler.catalog;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.apache.kafka.common.TopicPartition;

/** How far the catalog has read each partition, kept beside what was read. Thread safe. */
@Singleton
class Positions {

    private final DataSource database;

    Positions(DataSource database) {
        this.database = database;
    }

    /**
     * Where a catalog stands.
     *
     * @param generation which catalog
     * @param next       the next offset of each partition; absent where nothing was read yet
     */
    record Standing(UUID generation, Map<TopicPartition, Long> next) {}

    /** Where the catalog stands, as committed. */
    Standing read() throws SQLException {
        try (Connection connection = database.getConnection()) {
            return read(connection);
        }
    }

    /** Where the catalog stands, kept from other instances until the caller's transaction ends. */
    Standing lock() throws SQLException {
        try (Connection connection = database.getConnection()) {
            try (Statement lock = connection.createStatement()) {
                lock.execute("select pg_advisory_xact_lock(hashtextextended('holdfast/catalog', 0))");
            }
            return read(connection);
        }
    }

    private static Standing read(Connection connection) throws SQLException {
        Map<TopicPartition, Long> next = new HashMap<>();
        try (Statement select = connection.createStatement()) {
            try (ResultSet rows = select.executeQuery("select topic, partition, next_offset from catalog.position")) {
                while (rows.next()) {
                    next.put(new TopicPartition(rows.getString(1), rows.getInt(2)), rows.getLong(3));
                }
            }
            try (ResultSet row = select.executeQuery("select id from catalog.generation")) {
                if (!row.next()) {
                    throw new SQLException("the catalog has no generation; it is not whole");
                }
                return new Standing(row.getObject(1, UUID.class), next);
            }
        }
    }

    void write(Map<TopicPartition, Long> positions) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement upsert = connection.prepareStatement(
                        "insert into catalog.position (topic, partition, next_offset) values (?, ?, ?)"
                                + " on conflict (topic, partition) do update set next_offset = excluded.next_offset")) {
            for (Map.Entry<TopicPartition, Long> position : positions.entrySet()) {
                upsert.setString(1, position.getKey().topic());
                upsert.setInt(2, position.getKey().partition());
                upsert.setLong(3, position.getValue());
                upsert.addBatch();
            }
            upsert.executeBatch();
        }
    }
}

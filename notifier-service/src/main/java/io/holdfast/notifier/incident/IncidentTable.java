package io.holdfast.notifier.incident;

import io.holdfast.events.EventId;
import io.holdfast.notifier.incident.IncidentState.Open;
import io.holdfast.notifier.incident.IncidentState.Quiet;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import javax.sql.DataSource;

/** How matters stand, in the database. Used inside of the caller's transaction. */
@Singleton
class IncidentTable {

    private final DataSource database;

    IncidentTable(DataSource database) {
        this.database = database;
    }

    /** How a matter stands; the row is locked until the transaction ends. */
    IncidentState get(Matter matter) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "select first_event, since, failures, told from incident where matter = ? for update")) {
            select.setString(1, matter.key());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return new Quiet();
                }
                return new Open(
                        new EventId(row.getString(1)),
                        row.getObject(2, OffsetDateTime.class).toInstant(),
                        row.getLong(3),
                        row.getBoolean(4));
            }
        }
    }

    /** When this service began to follow the log: when its tables were made. */
    Instant began() throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement("select at from began");
                ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                throw new IllegalStateException("the table `began` is empty");
            }
            return row.getObject(1, OffsetDateTime.class).toInstant();
        }
    }

    void put(Matter matter, IncidentState state) throws SQLException {
        switch (state) {
            case Quiet quiet -> delete(matter);
            case Open open -> put(matter, open);
        }
    }

    private void put(Matter matter, Open open) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement upsert = connection.prepareStatement("""
                        insert into incident (matter, first_event, since, failures, told) values (?, ?, ?, ?, ?)
                        on conflict (matter) do update set first_event = excluded.first_event,
                            since = excluded.since, failures = excluded.failures, told = excluded.told
                        """)) {
            upsert.setString(1, matter.key());
            upsert.setString(2, open.firstEvent().value());
            upsert.setObject(3, open.since().atOffset(ZoneOffset.UTC));
            upsert.setLong(4, open.failures());
            upsert.setBoolean(5, open.told());
            upsert.executeUpdate();
        }
    }

    private void delete(Matter matter) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement delete = connection.prepareStatement("delete from incident where matter = ?")) {
            delete.setString(1, matter.key());
            delete.executeUpdate();
        }
    }
}

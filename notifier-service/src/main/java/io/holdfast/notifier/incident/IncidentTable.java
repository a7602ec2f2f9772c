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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** How matters stand, in the database. Used inside of the caller's transaction. */
@Singleton
class IncidentTable {

    private final DataSource database;

    IncidentTable(DataSource database) {
        this.database = database;
    }

    /** How a matter stands; whoever else asks for the same waits until the transaction ends, whether it is open or not. */
    IncidentState get(Matter matter) throws SQLException {
        lock(matter);
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "select first_event, since, failures, told, under from incident where matter = ? for update")) {
            select.setString(1, matter.key());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return new Quiet();
                }
                return new Open(
                        new EventId(row.getString(1)),
                        row.getObject(2, OffsetDateTime.class).toInstant(),
                        row.getLong(3),
                        row.getBoolean(4),
                        row.getString(5));
            }
        }
    }

    /**
     * Lets go of what was held back for a cause.
     *
     * @return the keys of what is open and was not told, in order
     */
    List<String> release(Matter cause) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "update incident set under = null where under = ? returning matter, told")) {
            update.setString(1, cause.key());
            List<String> open = new ArrayList<>();
            try (ResultSet row = update.executeQuery()) {
                while (row.next()) {
                    if (!row.getBoolean(2)) {
                        open.add(row.getString(1));
                    }
                }
            }
            Collections.sort(open);
            return open;
        }
    }

    /**
     * Notes that somebody looks after an open matter that people were told of.
     *
     * @return the event of the notice that told of it; empty where there is no such matter
     */
    Optional<EventId> acknowledge(String key, String by, Instant at) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update =
                        connection.prepareStatement("update incident set acknowledged_by = ?, acknowledged_at = ?"
                                + " where matter = ? and told and acknowledged_at is null returning first_event")) {
            update.setString(1, by);
            update.setObject(2, at.atOffset(ZoneOffset.UTC));
            update.setString(3, key);
            try (ResultSet row = update.executeQuery()) {
                return row.next() ? Optional.of(new EventId(row.getString(1))) : Optional.empty();
            }
        }
    }

    // Where there is no row yet, nothing could be locked.
    private void lock(Matter matter) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement lock = connection.prepareStatement(
                        "select pg_advisory_xact_lock(hashtextextended(current_schema() || '/incident/' || ?, 0))")) {
            lock.setString(1, matter.key());
            lock.execute();
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
                        insert into incident (matter, first_event, since, failures, told, under) values (?, ?, ?, ?, ?, ?)
                        on conflict (matter) do update set first_event = excluded.first_event, since = excluded.since,
                            failures = excluded.failures, told = excluded.told, under = excluded.under
                        """)) {
            upsert.setString(1, matter.key());
            upsert.setString(2, open.firstEvent().value());
            upsert.setObject(3, open.since().atOffset(ZoneOffset.UTC));
            upsert.setLong(4, open.failures());
            upsert.setBoolean(5, open.told());
            upsert.setString(6, open.under());
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

package io.holdfast.notifier.delivery;

import io.holdfast.notifier.incident.IncidentState;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * How far open matters are on their routes, in the database: columns of their own beside {@link IncidentState}. Each call
 * belongs into a transaction. Thread safe.
 */
@Singleton
class ContactTable {

    private static final String DUE = """
            select i.matter, i.first_event, i.step, i.repeats, n.content
            from incident i join notice n on n.event_id = i.first_event
            where i.told and i.acknowledged_at is null and COLUMN <= ?
            order by COLUMN limit ? for update of i skip locked
            """;
    private static final String LATE = """
            select d.id, d.event_id, d.matter, n.content, i.step, i.matter is not null and i.acknowledged_at is null
            from delivery d join notice n on n.event_id = d.event_id
                left join incident i on i.matter = d.matter and i.first_event = d.event_id
            where d.delivered_at is null and d.given_up_at is null and d.passed_on_at is null
              and d.added_at <= ?
              and exists (
                  select 1 from delivery failed
                  where failed.channel = d.channel and failed.receiver = d.receiver and failed.last_error is not null
                    and failed.delivered_at is null and failed.given_up_at is null)
            order by d.id limit ? for update of d skip locked
            """;

    private final DataSource database;

    ContactTable(DataSource database) {
        this.database = database;
    }

    /**
     * A matter for which it is time.
     *
     * @param event   of the notice that told of it first
     * @param step    how many further contacts were told
     * @param repeats how often it was told again
     * @param content that notice as JSON
     */
    record Due(String matter, String event, int step, int repeats, String content) {}

    /**
     * A delivery that has not worked for long.
     *
     * @param open whether it tells of a matter that is open, and nobody looks after
     */
    record Late(long delivery, String event, String matter, String content, int step, boolean open) {}

    List<Due> dueForNext(Instant now, int atMost) throws SQLException {
        return due("i.next_step_at", now, atMost);
    }

    List<Due> dueForRepeat(Instant now, int atMost) throws SQLException {
        return due("i.repeat_at", now, atMost);
    }

    private List<Due> due(String column, Instant now, int atMost) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(DUE.replace("COLUMN", column))) {
            select.setObject(1, now.atOffset(ZoneOffset.UTC));
            select.setInt(2, atMost);
            List<Due> found = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.add(new Due(
                            row.getString(1), row.getString(2), row.getInt(3), row.getInt(4), row.getString(5)));
                }
            }
            return found;
        }
    }

    /** Deliveries from before this moment that have not worked, or wait behind one that has not. */
    List<Late> late(Instant addedBefore, int atMost) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(LATE)) {
            select.setObject(1, addedBefore.atOffset(ZoneOffset.UTC));
            select.setInt(2, atMost);
            List<Late> found = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.add(new Late(
                            row.getLong(1),
                            row.getString(2),
                            row.getString(3),
                            row.getString(4),
                            row.getInt(5),
                            row.getBoolean(6)));
                }
            }
            return found;
        }
    }

    void notePassedOn(long delivery, Instant now) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update =
                        connection.prepareStatement("update delivery set passed_on_at = ? where id = ?")) {
            update.setObject(1, now.atOffset(ZoneOffset.UTC));
            update.setLong(2, delivery);
            update.executeUpdate();
        }
    }

    /** The first were told: from now on the clock runs for the next, if the matter is still open. */
    void begin(String matter, String event, @Nullable Instant next, @Nullable Instant repeat) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "update incident set step = 0, repeats = 0, acknowledged_at = null, acknowledged_by = null,"
                                + " next_step_at = ?, repeat_at = ? where matter = ? and first_event = ?")) {
            set(update, 1, next);
            set(update, 2, repeat);
            update.setString(3, matter);
            update.setString(4, event);
            update.executeUpdate();
        }
    }

    void noteStep(String matter, int step, @Nullable Instant next) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "update incident set step = ?, next_step_at = ? where matter = ?")) {
            update.setInt(1, step);
            set(update, 2, next);
            update.setString(3, matter);
            update.executeUpdate();
        }
    }

    void noteRepeat(String matter, @Nullable Instant next) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "update incident set repeats = repeats + 1, repeat_at = ? where matter = ?")) {
            set(update, 1, next);
            update.setString(2, matter);
            update.executeUpdate();
        }
    }

    private static void set(PreparedStatement statement, int column, @Nullable Instant time) throws SQLException {
        statement.setObject(column, time == null ? null : time.atOffset(ZoneOffset.UTC));
    }
}

package io.holdfast.scheduler.schedule;

import io.holdfast.events.BackupKind;
import io.holdfast.events.EventId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The tables {@code schedule} and {@code run}. Every method belongs into the caller's transaction. Thread safe. */
@Singleton
class ScheduleTable {

    private final DataSource database;

    ScheduleTable(DataSource database) {
        this.database = database;
    }

    /** A schedule with its next due time; absent: never again. */
    record Row(TargetSchedule schedule, @Nullable Instant nextDueAt) {}

    /** Locks one schedule that is due, passing over those that another instance holds. */
    Optional<Row> lockDue(Instant now) throws SQLException {
        List<Row> rows = select(
                "select target, kind, repository, cron, time_zone, next_due_at from schedule"
                        + " where next_due_at <= ? order by next_due_at limit 1 for update skip locked",
                now);
        return rows.stream().findFirst();
    }

    /** Locks all schedules, waiting for instances that hold some. */
    List<Row> lockAll() throws SQLException {
        return select(
                "select target, kind, repository, cron, time_zone, next_due_at from schedule"
                        + " order by target, kind, repository for update",
                null);
    }

    private List<Row> select(String query, @Nullable Instant parameter) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(query)) {
            if (parameter != null) {
                select.setTimestamp(1, Timestamp.from(parameter));
            }
            List<Row> rows = new ArrayList<>();
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    Timestamp due = found.getTimestamp(6);
                    rows.add(new Row(
                            new TargetSchedule(
                                    new TargetId(text(found, 1)),
                                    BackupKind.of(text(found, 2)),
                                    new RepositoryId(text(found, 3)),
                                    CronSchedule.of(text(found, 4), ZoneId.of(text(found, 5)))),
                            due == null ? null : due.toInstant()));
                }
            }
            return rows;
        }
    }

    void put(TargetSchedule schedule, @Nullable Instant nextDueAt) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement upsert = connection.prepareStatement(
                        "insert into schedule (target, kind, repository, cron, time_zone, next_due_at)"
                                + " values (?, ?, ?, ?, ?, ?)"
                                + " on conflict (target, kind, repository) do update set cron = excluded.cron,"
                                + " time_zone = excluded.time_zone, next_due_at = excluded.next_due_at")) {
            upsert.setString(1, schedule.target().value());
            upsert.setString(2, schedule.kind().wireName());
            upsert.setString(3, schedule.repository().value());
            upsert.setString(4, schedule.times().expression());
            upsert.setString(5, schedule.times().zone().getId());
            upsert.setTimestamp(6, nextDueAt == null ? null : Timestamp.from(nextDueAt));
            upsert.executeUpdate();
        }
    }

    void remove(TargetSchedule schedule) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement delete = connection.prepareStatement(
                        "delete from schedule where target = ? and kind = ? and repository = ?")) {
            delete.setString(1, schedule.target().value());
            delete.setString(2, schedule.kind().wireName());
            delete.setString(3, schedule.repository().value());
            delete.executeUpdate();
        }
    }

    /** Notes that a due time was dealt with; false when it already was. */
    boolean noteRun(TargetSchedule schedule, Instant dueAt, EventId request, boolean missed, Instant now)
            throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "insert into run (target, kind, repository, due_at, request_id, missed, noted_at)"
                                + " values (?, ?, ?, ?, ?, ?, ?)"
                                + " on conflict do nothing")) {
            insert.setString(1, schedule.target().value());
            insert.setString(2, schedule.kind().wireName());
            insert.setString(3, schedule.repository().value());
            insert.setTimestamp(4, Timestamp.from(dueAt));
            insert.setString(5, request.value());
            insert.setBoolean(6, missed);
            insert.setTimestamp(7, Timestamp.from(now));
            return insert.executeUpdate() == 1;
        }
    }

    /** Forgets runs that are so old that no clock leads back to them. */
    void pruneRuns(Instant before) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement delete = connection.prepareStatement("delete from run where due_at < ?")) {
            delete.setTimestamp(1, Timestamp.from(before));
            delete.executeUpdate();
        }
    }

    private static String text(ResultSet row, int column) throws SQLException {
        return Objects.requireNonNull(row.getString(column));
    }
}

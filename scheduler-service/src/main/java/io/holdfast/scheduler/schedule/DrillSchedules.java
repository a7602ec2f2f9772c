package io.holdfast.scheduler.schedule;

import io.holdfast.events.TargetId;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The table {@code drill_schedule}. Every method belongs into the caller's transaction. Thread safe. */
@Singleton
public class DrillSchedules {

    private final DataSource database;

    DrillSchedules(DataSource database) {
        this.database = database;
    }

    /**
     * One target's row.
     *
     * @param cron as configured when it was written; absent: not by the clock
     * @param lastFull the full backup after which a drill was asked for last
     */
    public record Row(
            TargetId target,
            @Nullable String cron,
            @Nullable String zone,
            @Nullable Instant nextDueAt,
            @Nullable String lastFull) {}

    /** Locks all rows, waiting for instances that hold some. */
    List<Row> lockAll() throws SQLException {
        return select("order by target for update", null, null);
    }

    /** Locks the row of a target that is due; nothing if it is not, or another instance holds it. */
    public Optional<Row> lockDue(TargetId target, Instant now) throws SQLException {
        return select("where target = ? and next_due_at <= ? for update skip locked", target, now).stream()
                .findFirst();
    }

    /** Locks the row of a target; nothing if another instance holds it. */
    public Optional<Row> lock(TargetId target) throws SQLException {
        return select("where target = ? for update skip locked", target, null).stream()
                .findFirst();
    }

    private List<Row> select(String rest, @Nullable TargetId target, @Nullable Instant now) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "select target, cron, time_zone, next_due_at, last_full from drill_schedule " + rest)) {
            if (target != null) {
                select.setString(1, target.value());
            }
            if (now != null) {
                select.setTimestamp(2, Timestamp.from(now));
            }
            List<Row> rows = new ArrayList<>();
            try (ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    Timestamp due = found.getTimestamp(4);
                    rows.add(new Row(
                            new TargetId(Objects.requireNonNull(found.getString(1))),
                            found.getString(2),
                            found.getString(3),
                            due == null ? null : due.toInstant(),
                            found.getString(5)));
                }
            }
            return rows;
        }
    }

    /** Writes a row. */
    public void put(Row row) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement upsert = connection.prepareStatement(
                        "insert into drill_schedule (target, cron, time_zone, next_due_at, last_full) values (?, ?, ?, ?, ?)"
                                + " on conflict (target) do update set cron = excluded.cron, time_zone ="
                                + " excluded.time_zone, next_due_at = excluded.next_due_at, last_full ="
                                + " excluded.last_full")) {
            upsert.setString(1, row.target().value());
            upsert.setString(2, row.cron());
            upsert.setString(3, row.zone());
            upsert.setTimestamp(4, row.nextDueAt() == null ? null : Timestamp.from(row.nextDueAt()));
            upsert.setString(5, row.lastFull());
            upsert.executeUpdate();
        }
    }

    void remove(TargetId target) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement delete = connection.prepareStatement("delete from drill_schedule where target = ?")) {
            delete.setString(1, target.value());
            delete.executeUpdate();
        }
    }
}

package io.holdfast.verifier.retention;

import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.EventType;
import io.holdfast.events.TargetId;
import io.holdfast.events.drill.DrillEvent;
import io.holdfast.events.drill.DrillStarted;
import io.holdfast.events.restore.RestoreEvent;
import io.holdfast.events.restore.RestoreStarted;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Which targets are being restored from. A restore reads for hours, and must not lose what it reads. All methods take part in
 * the caller's transaction. Thread safe.
 */
@Singleton
public class Restorations {
    /** The events that {@link #note} wants to know. */
    public static final Set<EventType> EVENTS = Set.of(
            EventType.RESTORE_STARTED,
            EventType.RESTORE_PLANNED,
            EventType.RESTORE_COMPLETED,
            EventType.RESTORE_FAILED,
            EventType.RESTORE_CANCELLED,
            EventType.DRILL_STARTED,
            EventType.DRILL_COMPLETED,
            EventType.DRILL_FAILED,
            EventType.DRILL_CANCELLED);

    /** One that has said nothing of its end for so long has none. */
    private static final Duration LONGEST = Duration.ofDays(2);

    private final DataSource database;
    private final Clock clock;

    Restorations(DataSource database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Notes that a restore began or ended. */
    public void note(Event<?> event, RestoreEvent restore) throws SQLException {
        if (restore instanceof RestoreStarted started) {
            began(event.correlationId(), started.target(), started.startedAt());
        } else {
            ended(event.correlationId());
        }
    }

    /** Notes that a drill began or ended. */
    public void note(Event<?> event, DrillEvent drill) throws SQLException {
        if (drill instanceof DrillStarted started) {
            began(event.correlationId(), started.target(), started.startedAt());
        } else {
            ended(event.correlationId());
        }
    }

    private void began(EventId request, TargetId target, Instant at) throws SQLException {
        Instant now = clock.instant();
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "insert into restoration (request_id, target, began_at) values (?, ?, ?)"
                                + " on conflict (request_id) do update set began_at = excluded.began_at")) {
            insert.setString(1, request.value());
            insert.setString(2, target.value());
            // By a clock that is ahead it would count for too long.
            insert.setTimestamp(3, Timestamp.from(at.isBefore(now) ? at : now));
            insert.executeUpdate();
        }
    }

    private void ended(EventId request) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement delete =
                        connection.prepareStatement("delete from restoration where request_id = ? or began_at < ?")) {
            delete.setString(1, request.value());
            delete.setTimestamp(2, Timestamp.from(clock.instant().minus(LONGEST)));
            delete.executeUpdate();
        }
    }

    /** Whether a restore or drill of a target is under way. */
    boolean areUnderWay(TargetId target) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "select exists (select from restoration where target = ? and began_at >= ?)")) {
            select.setString(1, target.value());
            select.setTimestamp(2, Timestamp.from(clock.instant().minus(LONGEST)));
            try (ResultSet row = select.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }
}

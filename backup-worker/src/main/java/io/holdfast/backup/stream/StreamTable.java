package io.holdfast.backup.stream;

import io.holdfast.events.TargetId;
import io.holdfast.repository.wal.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The leases of streams, and how far each is, for whoever takes it over. Time is the database's own, so that workers need
 * not agree about it. Thread safe.
 */
final class StreamTable {
    private final DataSource database;
    private final String holder;

    /** @param holder names this process, and no other that ever was */
    StreamTable(DataSource database, String holder) {
        this.database = database;
        this.holder = holder;
    }

    /**
     * What is known of a stream.
     *
     * @param continuity null where nothing was received yet
     * @param told up to where the log was told as archived; null: not at all
     */
    record Row(@Nullable Continuity continuity, @Nullable Lsn told, Trouble trouble) {}

    /** Says that this process lives; which streams are its own still. */
    Set<TargetId> renew() throws SQLException {
        Set<TargetId> held = new HashSet<>();
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "update wal_stream set heard_at = now() where holder = ? returning target")) {
            update.setString(1, holder);
            try (ResultSet rows = update.executeQuery()) {
                while (rows.next()) {
                    held.add(new TargetId(rows.getString(1)));
                }
            }
        }
        return held;
    }

    /**
     * Takes a stream that nobody holds, or whose holder was not heard of for so long.
     *
     * @return empty if somebody else holds it
     */
    Optional<Row> acquire(TargetId target, Duration lease) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement take = connection.prepareStatement("""
                        insert into wal_stream (target, holder, heard_at) values (?, ?, now())
                        on conflict (target) do update set holder = excluded.holder, heard_at = excluded.heard_at
                        where wal_stream.holder is null
                            or wal_stream.heard_at < now() - make_interval(secs => ?)
                        returning system_identifier, timeline, durable, archived_until, told, stands_since, stands_told
                        """)) {
            take.setString(1, target.value());
            take.setString(2, holder);
            take.setDouble(3, lease.toMillis() / 1000.0);
            try (ResultSet row = take.executeQuery()) {
                return row.next() ? Optional.of(row(row)) : Optional.empty();
            }
        }
    }

    private static Row row(ResultSet row) throws SQLException {
        String identifier = row.getString(1);
        String durable = row.getString(3);
        Continuity continuity = identifier == null || durable == null
                ? null
                : new Continuity(
                        Long.parseUnsignedLong(identifier),
                        (int) row.getLong(2),
                        Lsn.parse(durable),
                        instant(row.getTimestamp(4)));
        String told = row.getString(5);
        Instant since = instant(row.getTimestamp(6));
        return new Row(
                continuity,
                told == null ? null : Lsn.parse(told),
                since == null ? Trouble.NONE : new Trouble(since, row.getBoolean(7), null));
    }

    private static @Nullable Instant instant(@Nullable Timestamp time) {
        return time == null ? null : time.toInstant();
    }

    private static @Nullable Timestamp timestamp(@Nullable Instant time) {
        return time == null ? null : Timestamp.from(time);
    }

    /**
     * Notes how far a stream is, in the caller's transaction.
     *
     * @return false if it is somebody else's by now: then nothing of it is to be told
     */
    boolean note(TargetId target, Row row) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement("""
                        update wal_stream set system_identifier = ?, timeline = ?, durable = ?, archived_until = ?,
                            told = ?, stands_since = ?, stands_told = ?
                        where target = ? and holder = ?""")) {
            Continuity continuity = row.continuity();
            update.setString(1, continuity == null ? null : continuity.systemIdentifierText());
            update.setObject(2, continuity == null ? null : Integer.toUnsignedLong(continuity.timeline()));
            update.setString(3, continuity == null ? null : continuity.durable().toString());
            update.setTimestamp(4, continuity == null ? null : timestamp(continuity.archivedUntil()));
            update.setString(5, row.told() == null ? null : row.told().toString());
            update.setTimestamp(6, timestamp(row.trouble().since()));
            update.setBoolean(7, row.trouble().told());
            update.setString(8, target.value());
            update.setString(9, holder);
            return update.executeUpdate() == 1;
        }
    }

    /** Gives a stream up, so that another worker may take it at once. */
    void release(TargetId target) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "update wal_stream set holder = null where target = ? and holder = ?")) {
            update.setString(1, target.value());
            update.setString(2, holder);
            update.executeUpdate();
        }
    }
}

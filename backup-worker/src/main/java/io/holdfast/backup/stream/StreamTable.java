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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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
     * @param refusal why the server is not received from; null: it is
     */
    record Row(
            @Nullable Continuity continuity,
            @Nullable Lsn told,
            Trouble trouble,
            @Nullable Refusal refusal) {
        /** Nothing is known. */
        static final Row EMPTY = new Row(null, null, Trouble.NONE, null);
    }

    /**
     * A stream whose slot its servers may still have, though nobody receives.
     *
     * @param definition of the target as it was streamed last
     */
    record Left(TargetId target, String definition) {}

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
                        returning system_identifier, timeline, durable, archived_until, told, stands_since, stands_told,
                            refused_identifier, refused_timeline, refused_reason
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
                since == null ? Trouble.NONE : new Trouble(since, row.getBoolean(7), null),
                refusal(row.getString(8), row.getLong(9), row.getString(10)));
    }

    private static @Nullable Refusal refusal(@Nullable String identifier, long timeline, @Nullable String reason) {
        return identifier == null || reason == null
                ? null
                : new Refusal(Long.parseUnsignedLong(identifier), (int) timeline, reason);
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
                            told = ?, stands_since = ?, stands_told = ?, refused_identifier = ?, refused_timeline = ?,
                            refused_reason = ?
                        where target = ? and holder = ?""")) {
            Continuity continuity = row.continuity();
            update.setString(1, continuity == null ? null : continuity.systemIdentifierText());
            update.setObject(2, continuity == null ? null : Integer.toUnsignedLong(continuity.timeline()));
            update.setString(3, continuity == null ? null : continuity.durable().toString());
            update.setTimestamp(4, continuity == null ? null : timestamp(continuity.archivedUntil()));
            update.setString(5, row.told() == null ? null : row.told().toString());
            update.setTimestamp(6, timestamp(row.trouble().since()));
            update.setBoolean(7, row.trouble().told());
            Refusal refusal = row.refusal();
            update.setString(8, refusal == null ? null : Long.toUnsignedString(refusal.systemIdentifier()));
            update.setObject(9, refusal == null ? null : Integer.toUnsignedLong(refusal.timeline()));
            update.setString(10, refusal == null ? null : refusal.reason());
            update.setString(11, target.value());
            update.setString(12, holder);
            return update.executeUpdate() == 1;
        }
    }

    /** Why a target's server is not received from, whoever holds its stream; empty if it is, as far as was written down. */
    Optional<Refusal> refusal(TargetId target) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "select refused_identifier, refused_timeline, refused_reason from wal_stream where target = ?")) {
            select.setString(1, target.value());
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? Optional.ofNullable(refusal(row.getString(1), row.getLong(2), row.getString(3)))
                        : Optional.empty();
            }
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

    /** Keeps how the servers are reached that have the slot, for when it is to be dropped. */
    void remember(TargetId target, String definition) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "update wal_stream set definition = ?, drop_tried_at = null where target = ? and holder = ?")) {
            update.setString(1, definition);
            update.setString(2, target.value());
            update.setString(3, holder);
            update.executeUpdate();
        }
    }

    /**
     * Streams that nobody holds and whose slots were not dropped yet; those that are still wanted are among them.
     *
     * @param pause how long ago the last try to drop the slot has to be
     */
    List<Left> left(Duration lease, Duration pause) throws SQLException {
        List<Left> left = new ArrayList<>();
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement("""
                        select target, definition from wal_stream
                        where definition is not null
                            and (holder is null or heard_at < now() - make_interval(secs => ?))
                            and (drop_tried_at is null or drop_tried_at < now() - make_interval(secs => ?))
                        """)) {
            select.setDouble(1, lease.toMillis() / 1000.0);
            select.setDouble(2, pause.toMillis() / 1000.0);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    left.add(new Left(new TargetId(rows.getString(1)), rows.getString(2)));
                }
            }
        }
        return left;
    }

    /**
     * Gives a stream up whose slots were to be dropped.
     *
     * @param gone whether each server has answered that it has none; else somebody tries again after a while
     */
    void dropped(TargetId target, boolean gone) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement("""
                        update wal_stream set holder = null, drop_tried_at = now(),
                            definition = case when ? then null else definition end
                        where target = ? and holder = ?""")) {
            update.setBoolean(1, gone);
            update.setString(2, target.value());
            update.setString(3, holder);
            update.executeUpdate();
        }
    }
}

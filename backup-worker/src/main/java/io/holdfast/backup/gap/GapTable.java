package io.holdfast.backup.gap;

import io.holdfast.events.EventId;
import io.holdfast.events.TargetId;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.wal.WalSegmentName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * What was told of gaps, and how far the log was read again. All methods take part in the caller's
 * transaction. Thread safe.
 */
final class GapTable {
    private final DataSource database;

    GapTable(DataSource database) {
        this.database = database;
    }

    /** A gap that was told and is not healed. */
    record Open(WalSegmentName firstMissing, Lsn from, Lsn to, EventId event) {}

    /**
     * Says that a place is watched from now on.
     *
     * @return whether it was not before
     */
    boolean begin(WatchedPlace place, Instant now) throws SQLException {
        return update(
                        "insert into wal_watch (target, repository, system_identifier, since) values (?, ?, ?, ?)"
                                + " on conflict do nothing",
                        place,
                        Timestamp.from(now))
                == 1;
    }

    /** Takes note of a gap from before the watch began, which a later backup had closed by then: it is not told. */
    void know(WatchedPlace place, Gap gap, Instant now) throws SQLException {
        update(
                "insert into wal_gap (target, repository, system_identifier, first_missing, from_lsn, to_lsn, state,"
                        + " times, changed_at) values (?, ?, ?, ?, ?, ?, 'known', 0, ?) on conflict do nothing",
                place,
                gap.firstMissing().value(),
                gap.from().toString(),
                gap.to().toString(),
                Timestamp.from(now));
    }

    /**
     * Takes note of a gap that is to be told.
     *
     * @return the event's id; empty if it was told before, or healed by the same
     */
    Optional<EventId> open(WatchedPlace place, Gap gap, Instant now) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement("""
                        insert into wal_gap (target, repository, system_identifier, first_missing, from_lsn, to_lsn, state,
                            times, changed_at)
                        values (?, ?, ?, ?, ?, ?, 'open', 1, ?)
                        on conflict (target, repository, system_identifier, first_missing) do update
                        set state = 'open', times = wal_gap.times + 1, changed_at = excluded.changed_at,
                            from_lsn = excluded.from_lsn, to_lsn = excluded.to_lsn
                        where wal_gap.state <> 'open' and ?
                        returning times""")) {
            place.set(insert);
            insert.setString(4, gap.firstMissing().value());
            insert.setString(5, gap.from().toString());
            insert.setString(6, gap.to().toString());
            insert.setTimestamp(7, Timestamp.from(now));
            // A gap that a backup has closed stays in the window for as long as what lies before it.
            insert.setBoolean(8, gap.healedBy().isEmpty());
            try (ResultSet row = insert.executeQuery()) {
                return row.next() ? Optional.of(place.event(gap.firstMissing(), row.getInt(1))) : Optional.empty();
            }
        }
    }

    /** Gaps that were told and not healed yet. */
    List<Open> open(WatchedPlace place) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement("select first_missing, from_lsn, to_lsn, times from wal_gap"
                                + " where target = ? and repository = ? and system_identifier = ? and state = 'open'"
                                + " order by first_missing")) {
            place.set(select);
            List<Open> open = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    WalSegmentName segment = new WalSegmentName(row.getString(1));
                    open.add(new Open(
                            segment,
                            Lsn.parse(row.getString(2)),
                            Lsn.parse(row.getString(3)),
                            place.event(segment, row.getInt(4))));
                }
            }
            return open;
        }
    }

    /**
     * Takes note that a gap is healed.
     *
     * @return whether it was open until now, so that it is to be told
     */
    boolean heal(WatchedPlace place, Open gap, Instant now) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "update wal_gap set state = 'healed', changed_at = ? where target = ? and repository = ?"
                                + " and system_identifier = ? and first_missing = ? and state = 'open'")) {
            update.setTimestamp(1, Timestamp.from(now));
            update.setString(2, place.target().value());
            update.setString(3, place.repository().value());
            update.setString(4, place.systemIdentifier());
            update.setString(5, gap.firstMissing().value());
            return update.executeUpdate() == 1;
        }
    }

    /** Up to where log is archived, and up to when all that was committed lies before that. */
    record Archived(int timeline, Lsn end, Instant until) {}

    /**
     * How far the log was told as archived, held for the caller's transaction.
     *
     * @param isDue whether that was long enough ago to tell more
     * @param isOld whether it was so long ago that it is told again though nothing was added
     */
    record Told(Archived archived, boolean isDue, boolean isOld) {}

    /** How far it was told; where it never was, this is where it begins. */
    Optional<Told> told(WatchedPlace place, Archived now, Duration every) throws SQLException {
        update(
                "insert into wal_archived (target, repository, system_identifier, timeline, told, archived_until, told_at)"
                        + " values (?, ?, ?, ?, ?, ?, 'epoch') on conflict do nothing",
                place,
                Integer.toUnsignedLong(now.timeline()),
                now.end().toString(),
                Timestamp.from(now.until()));
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement("select timeline, told, archived_until,"
                        + " extract(epoch from now() - told_at) from wal_archived"
                        + " where target = ? and repository = ? and system_identifier = ? for update")) {
            place.set(select);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                double seconds = row.getDouble(4);
                return Optional.of(new Told(
                        new Archived(
                                (int) row.getLong(1),
                                Lsn.parse(row.getString(2)),
                                row.getTimestamp(3).toInstant()),
                        seconds >= every.toSeconds(),
                        seconds >= 5 * every.toSeconds()));
            }
        }
    }

    /** Where a target's server was as far as is known from what was told; empty where nothing was. */
    Optional<WalPosition> lastTold(TargetId target) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement("select system_identifier, timeline, told"
                        + " from wal_archived where target = ? order by told_at desc limit 1")) {
            select.setString(1, target.value());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                Lsn told = Lsn.parse(row.getString(3));
                return Optional.of(
                        new WalPosition(target.value(), row.getString(1), (int) row.getLong(2), told, told, null));
            }
        }
    }

    /** So far it is told now. */
    void tell(WatchedPlace place, Archived now) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "update wal_archived set timeline = ?, told = ?, archived_until = ?, told_at = now()"
                                + " where target = ? and repository = ? and system_identifier = ?")) {
            update.setLong(1, Integer.toUnsignedLong(now.timeline()));
            update.setString(2, now.end().toString());
            update.setTimestamp(3, Timestamp.from(now.until()));
            update.setString(4, place.target().value());
            update.setString(5, place.repository().value());
            update.setString(6, place.systemIdentifier());
            update.executeUpdate();
        }
    }

    /** Behind which object reading goes on; empty: from the beginning. */
    Optional<ObjectKey> cursor(WatchedPlace place) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement("select read_to from wal_watch"
                        + " where target = ? and repository = ? and system_identifier = ?")) {
            place.set(select);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.ofNullable(row.getString(1)).map(ObjectKey::new) : Optional.empty();
            }
        }
    }

    /** Reading goes on behind this object. */
    void cursor(WatchedPlace place, Optional<ObjectKey> object) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement("update wal_watch set read_to = ?"
                        + " where target = ? and repository = ? and system_identifier = ?")) {
            update.setString(1, object.map(ObjectKey::value).orElse(null));
            update.setString(2, place.target().value());
            update.setString(3, place.repository().value());
            update.setString(4, place.systemIdentifier());
            update.executeUpdate();
        }
    }

    /**
     * Whether it is the caller's turn to ask a server where it is: nobody has for most of the interval, by the database's
     * clock.
     */
    boolean takeTurn(TargetId target, Duration interval) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement("""
                        insert into wal_turn (target, asked_at) values (?, now())
                        on conflict (target) do update set asked_at = now()
                        where wal_turn.asked_at < now() - ? * interval '1 millisecond'""")) {
            insert.setString(1, target.value());
            insert.setLong(2, interval.toMillis() * 9 / 10);
            return insert.executeUpdate() == 1;
        }
    }

    /** A statement whose first three parameters are the place. */
    private int update(String sql, WatchedPlace place, Object... values) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            place.set(statement);
            for (int i = 0; i < values.length; i++) {
                statement.setObject(4 + i, values[i]);
            }
            return statement.executeUpdate();
        }
    }
}

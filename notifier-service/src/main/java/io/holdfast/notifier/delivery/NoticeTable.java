package io.holdfast.notifier.delivery;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Notices in the database, and who gets them. Each call belongs into a transaction. Thread safe. */
@Singleton
class NoticeTable {

    private final DataSource database;

    NoticeTable(DataSource database) {
        this.database = database;
    }

    /**
     * A notice of which it is not decided yet who gets it.
     *
     * @param content as JSON
     * @param held    whether it was held back before
     */
    record Waiting(String event, String matter, String content, Instant decidedAt, boolean held) {}

    /** Somebody who is told, over a channel. */
    record Receiver(String channel, String address) {}

    /** Whether it was decided who gets a notice, and until when it is held back. */
    record Standing(boolean spread, @Nullable Instant notBefore) {}

    /** The oldest notices of which it is not decided yet who gets them; locked, those that others have locked left out. */
    List<Waiting> waiting(Instant now, int atMost) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "select event_id, matter, content, decided_at, not_before is not null from notice"
                                + " where spread_at is null and (not_before is null or not_before <= ?)"
                                + " order by number limit ? for update skip locked")) {
            select.setObject(1, now.atOffset(ZoneOffset.UTC));
            select.setInt(2, atMost);
            List<Waiting> found = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.add(new Waiting(
                            row.getString(1), row.getString(2), row.getString(3), instant(row, 4), row.getBoolean(5)));
                }
            }
            return found;
        }
    }

    /** How a notice stands; empty where there is none. */
    Optional<Standing> standing(String event) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "select spread_at is not null, not_before from notice where event_id = ?")) {
            select.setString(1, event);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                OffsetDateTime until = row.getObject(2, OffsetDateTime.class);
                return Optional.of(new Standing(row.getBoolean(1), until == null ? null : until.toInstant()));
            }
        }
    }

    /** Whether a notice waits that answers this one. */
    boolean answerWaits(String event) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement("select 1 from notice where answers = ? and spread_at is null")) {
            select.setString(1, event);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    void hold(String event, Instant until) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update =
                        connection.prepareStatement("update notice set not_before = ? where event_id = ?")) {
            update.setObject(1, until.atOffset(ZoneOffset.UTC));
            update.setString(2, event);
            update.executeUpdate();
        }
    }

    /** Adds a notice of which it is decided at once who gets it; one that is there stays as it is. */
    void addSpread(String event, String matter, String content, String answers, Instant now) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "insert into notice (event_id, matter, content, answers, decided_at, spread_at)"
                                + " values (?, ?, ?, ?, ?, ?) on conflict do nothing")) {
            insert.setString(1, event);
            insert.setString(2, matter);
            insert.setString(3, content);
            insert.setString(4, answers);
            insert.setObject(5, now.atOffset(ZoneOffset.UTC));
            insert.setObject(6, now.atOffset(ZoneOffset.UTC));
            insert.executeUpdate();
        }
    }

    void noteSpread(String event, Instant now) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update =
                        connection.prepareStatement("update notice set spread_at = ? where event_id = ?")) {
            update.setObject(1, now.atOffset(ZoneOffset.UTC));
            update.setString(2, event);
            update.executeUpdate();
        }
    }

    /** Has somebody told of a notice; whoever is told of it already stays as it is. */
    void tell(String event, String matter, Receiver receiver, Instant now, Instant at) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "insert into delivery (event_id, matter, channel, receiver, added_at, next_attempt_at)"
                                + " values (?, ?, ?, ?, ?, ?) on conflict do nothing")) {
            insert.setString(1, event);
            insert.setString(2, matter);
            insert.setString(3, receiver.channel());
            insert.setString(4, receiver.address());
            insert.setObject(5, now.atOffset(ZoneOffset.UTC));
            insert.setObject(6, at.atOffset(ZoneOffset.UTC));
            insert.executeUpdate();
        }
    }

    /** Who was told of a notice, or still is. */
    List<Receiver> toldOf(String event) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "select channel, receiver from delivery where event_id = ? order by id")) {
            select.setString(1, event);
            List<Receiver> told = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    told.add(new Receiver(row.getString(1), row.getString(2)));
                }
            }
            return told;
        }
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}

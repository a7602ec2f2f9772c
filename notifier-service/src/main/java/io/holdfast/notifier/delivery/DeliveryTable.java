package io.holdfast.notifier.delivery;

import com.fasterxml.jackson.core.JsonProcessingException;
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
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Deliveries in the database. Each call belongs into a transaction. Thread safe. */
@Singleton
class DeliveryTable {

    private static final Logger LOG = Logger.getLogger(DeliveryTable.class);

    private static final String CLAIM = """
            update delivery d set attempts = d.attempts + 1, next_attempt_at = ?
            from notice n
            where n.event_id = d.event_id and d.id = (
                select due.id from delivery due
                where due.delivered_at is null and due.given_up_at is null and due.next_attempt_at <= ?
                  and not exists (
                      select 1 from delivery earlier
                      where earlier.channel = due.channel and earlier.receiver = due.receiver
                        and earlier.matter = due.matter and earlier.id < due.id
                        and earlier.delivered_at is null and earlier.given_up_at is null)
                order by due.next_attempt_at, due.id
                limit 1
                for update skip locked)
            returning d.id, d.channel, d.receiver, d.attempts, n.decided_at, n.content
            """;

    private final DataSource database;

    DeliveryTable(DataSource database) {
        this.database = database;
    }

    /** A notice of which it is not decided yet who gets it. */
    record Waiting(String event, String matter, Instant decidedAt) {}

    /** Somebody who is told, over a channel. */
    record Receiver(String channel, String address) {}

    /** The oldest notices of which it is not decided yet who gets them; locked, those that others have locked left out. */
    List<Waiting> waiting(int atMost) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement("select event_id, matter, decided_at from notice"
                        + " where spread_at is null order by number limit ? for update skip locked")) {
            select.setInt(1, atMost);
            List<Waiting> found = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.add(new Waiting(row.getString(1), row.getString(2), instant(row, 3)));
                }
            }
            return found;
        }
    }

    /** Decides who gets a notice. */
    void spread(Waiting notice, List<Receiver> receivers, Instant now) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "insert into delivery (event_id, matter, channel, receiver, next_attempt_at)"
                                + " values (?, ?, ?, ?, ?) on conflict do nothing");
                PreparedStatement update =
                        connection.prepareStatement("update notice set spread_at = ? where event_id = ?")) {
            for (Receiver receiver : receivers) {
                insert.setString(1, notice.event());
                insert.setString(2, notice.matter());
                insert.setString(3, receiver.channel());
                insert.setString(4, receiver.address());
                insert.setObject(5, now.atOffset(ZoneOffset.UTC));
                insert.executeUpdate();
            }
            update.setObject(1, now.atOffset(ZoneOffset.UTC));
            update.setString(2, notice.event());
            update.executeUpdate();
        }
    }

    /**
     * Takes the next due delivery for one attempt, and writes that down: unless its end is written before {@code until},
     * it is due again then. Of one matter and receiver, an earlier one goes first. One whose notice cannot be read is
     * given up.
     */
    Optional<Delivery> claim(Instant now, Instant until) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement claim = connection.prepareStatement(CLAIM)) {
            claim.setObject(1, until.atOffset(ZoneOffset.UTC));
            claim.setObject(2, now.atOffset(ZoneOffset.UTC));
            while (true) {
                try (ResultSet row = claim.executeQuery()) {
                    if (!row.next()) {
                        return Optional.empty();
                    }
                    Optional<Delivery> delivery = read(row, now);
                    if (delivery.isPresent()) {
                        return delivery;
                    }
                }
            }
        }
    }

    private Optional<Delivery> read(ResultSet row, Instant now) throws SQLException {
        long id = row.getLong(1);
        int attempts = row.getInt(4);
        try {
            return Optional.of(new Delivery(
                    id,
                    row.getString(2),
                    row.getString(3),
                    attempts,
                    instant(row, 5),
                    StoredNotices.read(row.getString(6))));
        } catch (JsonProcessingException e) {
            LOG.errorf(e, "the notice of delivery %d cannot be read; it is given up", id);
            set(id, attempts, "given_up_at = ?, last_error = ?", now, "the notice cannot be read");
            return Optional.empty();
        }
    }

    void delivered(Delivery delivery, Instant now) throws SQLException {
        set(delivery, "delivered_at = ?, last_error = ?", now, null);
    }

    void tryAgain(Delivery delivery, Instant at, String why) throws SQLException {
        set(delivery, "next_attempt_at = ?, last_error = ?", at, why);
    }

    void giveUp(Delivery delivery, Instant now, String why) throws SQLException {
        set(delivery, "given_up_at = ?, last_error = ?", now, why);
    }

    private void set(Delivery delivery, String what, Instant time, @Nullable String error) throws SQLException {
        set(delivery.id(), delivery.attempts(), what, time, error);
    }

    // The count of attempts tells whether the delivery is still ours.
    private void set(long id, int attempts, String what, Instant time, @Nullable String error) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "update delivery set " + what + " where id = ? and attempts = ? and delivered_at is null")) {
            update.setObject(1, time.atOffset(ZoneOffset.UTC));
            update.setString(2, error);
            update.setLong(3, id);
            update.setInt(4, attempts);
            update.executeUpdate();
        }
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}

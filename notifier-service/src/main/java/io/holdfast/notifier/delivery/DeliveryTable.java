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
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Deliveries in the database. Each call belongs into a transaction. Thread safe. */
@Singleton
class DeliveryTable {

    private static final Logger LOG = Logger.getLogger(DeliveryTable.class);

    private static final String RETURNED = """
            returning d.id, d.channel, d.receiver, d.attempts, n.decided_at, n.content,
                (select a.reference from delivery a
                 where a.event_id = n.answers and a.channel = d.channel and a.receiver = d.receiver)
            """;
    private static final String CLAIM = """
            update delivery d set attempts = d.attempts + 1, next_attempt_at = ?
            from notice n
            where n.event_id = d.event_id and d.id = (
                select due.id from delivery due
                where due.channel = ? and due.delivered_at is null and due.given_up_at is null
                  and due.next_attempt_at <= ?
                  and not exists (
                      select 1 from delivery earlier
                      where earlier.channel = due.channel and earlier.receiver = due.receiver
                        and earlier.matter = due.matter and earlier.id < due.id
                        and earlier.delivered_at is null and earlier.given_up_at is null)
                  and (due.matter like 'test/%' or not exists (
                      select 1 from delivery failed
                      where failed.channel = due.channel and failed.receiver = due.receiver
                        and failed.last_error is not null and failed.next_attempt_at > ?
                        and failed.delivered_at is null and failed.given_up_at is null))
                order by due.next_attempt_at, due.id
                limit 1
                for update skip locked)
            """ + RETURNED;
    private static final String CLAIM_MORE = """
            update delivery d set attempts = d.attempts + 1, next_attempt_at = ?
            from notice n
            where n.event_id = d.event_id and d.id in (
                select due.id from delivery due
                where due.channel = ? and due.receiver = ? and due.next_attempt_at <= ?
                  and due.delivered_at is null and due.given_up_at is null
                order by due.id
                limit ?
                for update skip locked)
            """ + RETURNED;

    private final DataSource database;

    DeliveryTable(DataSource database) {
        this.database = database;
    }

    /**
     * Takes the next due delivery of a channel for one attempt, and writes that down: unless its end is written before
     * {@code until}, it is due again then. Of one matter and receiver, an earlier one goes first; a receiver for whom
     * one failed is left alone until that one is tried again. One whose notice cannot be read is given up.
     */
    Optional<Delivery> claim(String channel, Instant now, Instant until) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement claim = connection.prepareStatement(CLAIM)) {
            claim.setObject(1, until.atOffset(ZoneOffset.UTC));
            claim.setString(2, channel);
            claim.setObject(3, now.atOffset(ZoneOffset.UTC));
            claim.setObject(4, now.atOffset(ZoneOffset.UTC));
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

    /**
     * Takes what else is due for the same receiver, in the order in which it was decided: all of it, or nothing where that
     * would be fewer than {@code least}.
     */
    List<Delivery> claimMore(Delivery first, int least, int atMost, Instant now, Instant until) throws SQLException {
        if (dueFor(first, now) < least) {
            return List.of();
        }
        try (Connection connection = database.getConnection();
                PreparedStatement claim = connection.prepareStatement(CLAIM_MORE)) {
            claim.setObject(1, until.atOffset(ZoneOffset.UTC));
            claim.setString(2, first.channel());
            claim.setString(3, first.receiver());
            claim.setObject(4, now.atOffset(ZoneOffset.UTC));
            claim.setInt(5, atMost);
            List<Delivery> more = new ArrayList<>();
            try (ResultSet row = claim.executeQuery()) {
                while (row.next()) {
                    read(row, now).ifPresent(more::add);
                }
            }
            more.sort(Comparator.comparingLong(Delivery::id));
            return more;
        }
    }

    private int dueFor(Delivery first, Instant now) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement count = connection.prepareStatement(
                        "select count(*) from delivery where channel = ?"
                                + " and receiver = ? and next_attempt_at <= ? and delivered_at is null and given_up_at is null")) {
            count.setString(1, first.channel());
            count.setString(2, first.receiver());
            count.setObject(3, now.atOffset(ZoneOffset.UTC));
            try (ResultSet row = count.executeQuery()) {
                return row.next() ? row.getInt(1) : 0;
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
                    row.getObject(5, OffsetDateTime.class).toInstant(),
                    StoredNotices.read(row.getString(6)),
                    row.getString(7)));
        } catch (JsonProcessingException e) {
            LOG.errorf(e, "the notice of delivery %d cannot be read; it is given up", id);
            set(id, attempts, "given_up_at = ?, last_error = ?", now, "the notice cannot be read");
            return Optional.empty();
        }
    }

    void delivered(Delivery delivery, Instant now, @Nullable String reference) throws SQLException {
        set(delivery, "delivered_at = ?, reference = ?, last_error = null", now, reference);
    }

    void tryAgain(Delivery delivery, Instant at, String why) throws SQLException {
        set(delivery, "next_attempt_at = ?, last_error = ?", at, why);
    }

    void giveUp(Delivery delivery, Instant now, String why) throws SQLException {
        set(delivery, "given_up_at = ?, last_error = ?", now, why);
    }

    private void set(Delivery delivery, String what, Instant time, @Nullable String text) throws SQLException {
        set(delivery.id(), delivery.attempts(), what, time, text);
    }

    // The count of attempts tells whether the delivery is still ours.
    private void set(long id, int attempts, String what, Instant time, @Nullable String text) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "update delivery set " + what + " where id = ? and attempts = ? and delivered_at is null")) {
            update.setObject(1, time.atOffset(ZoneOffset.UTC));
            update.setString(2, text);
            update.setLong(3, id);
            update.setInt(4, attempts);
            update.executeUpdate();
        }
    }
}

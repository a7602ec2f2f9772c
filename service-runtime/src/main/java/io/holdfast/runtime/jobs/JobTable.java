package io.holdfast.runtime.jobs;

import io.holdfast.events.EventId;
import io.holdfast.events.wire.WireEvent;
import io.holdfast.runtime.outbox.Headers;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Jobs in the database: our own row says what a job is about, db-scheduler's row when it is due and who works on it. All methods take part in
 * the caller's transaction. Thread safe.
 */
@Singleton
class JobTable {

    private final DataSource database;

    JobTable(DataSource database) {
        this.database = database;
    }

    boolean insert(JobKind kind, EventId request, String leaseKey, WireEvent wire, Instant now) throws SQLException {
        try (Connection connection = database.getConnection()) {
            try (PreparedStatement insert = connection.prepareStatement("""
                    insert into job (kind, request_id, lease_key, topic, key, headers, data, submitted_at)
                    values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing""")) {
                insert.setString(1, kind.name());
                insert.setString(2, request.value());
                insert.setString(3, leaseKey);
                insert.setString(4, wire.topic());
                insert.setString(5, wire.key());
                insert.setString(6, Headers.toJson(wire.headers()));
                insert.setBytes(7, wire.data());
                insert.setTimestamp(8, Timestamp.from(now));
                if (insert.executeUpdate() == 0) {
                    return false;
                }
            }
            try (PreparedStatement due = connection.prepareStatement("""
                    insert into scheduled_tasks (task_name, task_instance, execution_time, picked, version)
                    values (?, ?, ?, false, 1)""")) {
                due.setString(1, kind.name());
                due.setString(2, request.value());
                due.setTimestamp(3, Timestamp.from(now));
                due.executeUpdate();
            }
            return true;
        }
    }

    boolean markCancelled(@Nullable JobKind kind, EventId request, Cancellation cancellation, Instant now)
            throws SQLException {
        String only = kind == null ? null : kind.name();
        try (Connection connection = database.getConnection()) {
            try (PreparedStatement mark = connection.prepareStatement("""
                    update job set cancelled_at = ?, cancelled_by = ?, cancel_reason = ?
                    where request_id = ? and cancelled_at is null and kind = coalesce(?, kind)""")) {
                mark.setTimestamp(1, Timestamp.from(now));
                mark.setString(2, cancellation.requestedBy());
                mark.setString(3, cancellation.reason());
                mark.setString(4, request.value());
                mark.setString(5, only);
                if (mark.executeUpdate() == 0) {
                    return false;
                }
            }
            // One that waits is picked at once, to say that it is cancelled.
            try (PreparedStatement due = connection.prepareStatement(
                    "update scheduled_tasks set execution_time = ? where task_instance = ? and not picked"
                            + " and task_name = coalesce(?, task_name)")) {
                due.setTimestamp(1, Timestamp.from(now));
                due.setString(2, request.value());
                due.setString(3, only);
                due.executeUpdate();
            }
            return true;
        }
    }

    /**
     * Holds the job until the transaction ends.
     *
     * @throws LostOwnershipException when another worker owns it
     */
    void requireOwnership(Ownership own) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement("""
                        select 1 from scheduled_tasks
                        where task_name = ? and task_instance = ? and version = ? and picked for update""")) {
            bind(select, 1, own);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new LostOwnershipException(own);
                }
            }
        }
    }

    Optional<JobRecord> find(Ownership own) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement("""
                        select number, lease_key, topic, key, headers, data, attempts, failures,
                               cancelled_at, cancelled_by, cancel_reason
                        from job where kind = ? and request_id = ?""")) {
            select.setString(1, own.kind());
            select.setString(2, own.request());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                WireEvent wire = new WireEvent(
                        row.getString(3), row.getString(4), Headers.fromJson(row.getString(5)), row.getBytes(6));
                Cancellation cancellation =
                        row.getTimestamp(9) == null ? null : new Cancellation(row.getString(10), row.getString(11));
                return Optional.of(new JobRecord(
                        row.getLong(1), row.getString(2), wire, row.getInt(7), row.getInt(8), cancellation));
            }
        }
    }

    void countAttempt(Ownership own, int attempt) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "update job set attempts = ?, waiting_since = null where kind = ? and request_id = ?")) {
            update.setInt(1, attempt);
            update.setString(2, own.kind());
            update.setString(3, own.request());
            update.executeUpdate();
        }
    }

    void countFailure(Ownership own, int failures, String failureJson) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "update job set failures = ?, last_failure = ? where kind = ? and request_id = ?")) {
            update.setInt(1, failures);
            update.setString(2, failureJson);
            update.setString(3, own.kind());
            update.setString(4, own.request());
            update.executeUpdate();
        }
    }

    /**
     * Gives the job up until a later time.
     *
     * @throws LostOwnershipException when another worker owns it
     */
    void release(Ownership own, Instant dueAt) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement("""
                        update scheduled_tasks set picked = false, picked_by = null, last_heartbeat = null,
                               execution_time = ?, version = version + 1
                        where task_name = ? and task_instance = ? and version = ? and picked""")) {
            update.setTimestamp(1, Timestamp.from(dueAt));
            bind(update, 2, own);
            if (update.executeUpdate() != 1) {
                throw new LostOwnershipException(own);
            }
        }
    }

    /**
     * Removes the job.
     *
     * @throws LostOwnershipException when another worker owns it
     */
    void remove(Ownership own) throws SQLException {
        try (Connection connection = database.getConnection()) {
            try (PreparedStatement delete = connection.prepareStatement("""
                    delete from scheduled_tasks
                    where task_name = ? and task_instance = ? and version = ? and picked""")) {
                bind(delete, 1, own);
                if (delete.executeUpdate() != 1) {
                    throw new LostOwnershipException(own);
                }
            }
            try (PreparedStatement delete =
                    connection.prepareStatement("delete from job where kind = ? and request_id = ?")) {
                delete.setString(1, own.kind());
                delete.setString(2, own.request());
                delete.executeUpdate();
            }
        }
    }

    private static void bind(PreparedStatement statement, int first, Ownership own) throws SQLException {
        statement.setString(first, own.kind());
        statement.setString(first + 1, own.request());
        statement.setLong(first + 2, own.version());
    }
}

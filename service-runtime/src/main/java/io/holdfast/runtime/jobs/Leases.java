package io.holdfast.runtime.jobs;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import javax.sql.DataSource;

/**
 * One job at a time for each lease key, in the order of submission among those that wait. All methods take part in the caller's transaction.
 * Thread safe.
 */
@Singleton
class Leases {

    private final DataSource database;

    Leases(DataSource database) {
        this.database = database;
    }

    /** Whether the job has the lease now. A job that is taken over has it still. */
    boolean acquire(Ownership own, JobRecord job) throws SQLException {
        try (Connection connection = database.getConnection()) {
            if (olderOneWaits(connection, job) && !holds(connection, own, job)) {
                return false;
            }
            try (PreparedStatement insert = connection.prepareStatement("""
                    insert into lease (lease_key, kind, request_id) values (?, ?, ?)
                    on conflict (lease_key) do update set request_id = excluded.request_id
                    where lease.kind = excluded.kind and lease.request_id = excluded.request_id""")) {
                insert.setString(1, job.leaseKey());
                insert.setString(2, own.kind());
                insert.setString(3, own.request());
                return insert.executeUpdate() == 1;
            }
        }
    }

    private static boolean olderOneWaits(Connection connection, JobRecord job) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select exists (select from job where lease_key = ? and number < ? and waiting_since is not null)")) {
            select.setString(1, job.leaseKey());
            select.setLong(2, job.number());
            try (ResultSet row = select.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private static boolean holds(Connection connection, Ownership own, JobRecord job) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select exists (select from lease where lease_key = ? and kind = ? and request_id = ?)")) {
            select.setString(1, job.leaseKey());
            select.setString(2, own.kind());
            select.setString(3, own.request());
            try (ResultSet row = select.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    void noteWaiting(Ownership own, Instant now) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update = connection.prepareStatement("""
                        update job set waiting_since = coalesce(waiting_since, ?) where kind = ? and request_id = ?""")) {
            update.setTimestamp(1, Timestamp.from(now));
            update.setString(2, own.kind());
            update.setString(3, own.request());
            update.executeUpdate();
        }
    }

    /** Gives the lease up, if the job has it, and makes the one that waits longest due now. */
    void release(Ownership own, JobRecord job, Instant now) throws SQLException {
        try (Connection connection = database.getConnection()) {
            try (PreparedStatement delete = connection.prepareStatement(
                    "delete from lease where lease_key = ? and kind = ? and request_id = ?")) {
                delete.setString(1, job.leaseKey());
                delete.setString(2, own.kind());
                delete.setString(3, own.request());
                delete.executeUpdate();
            }
            try (PreparedStatement wake = connection.prepareStatement("""
                    update scheduled_tasks set execution_time = ?
                    where not picked and (task_name, task_instance) in
                        (select kind, request_id from job where lease_key = ? and waiting_since is not null
                         order by number limit 1)""")) {
                wake.setTimestamp(1, Timestamp.from(now));
                wake.setString(2, job.leaseKey());
                wake.executeUpdate();
            }
        }
    }
}

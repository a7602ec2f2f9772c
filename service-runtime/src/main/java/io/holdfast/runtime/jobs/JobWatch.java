package io.holdfast.runtime.jobs;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/** Looks from time to time whether running jobs are cancelled, or no longer this worker's, and stops them. */
@Singleton
class JobWatch {

    private static final Logger LOG = Logger.getLogger(JobWatch.class);

    private final DataSource database;

    JobWatch(DataSource database) {
        this.database = database;
    }

    /** Looks until interrupted. */
    void watch(JobRunner runner, JobSignals signals, Duration interval) {
        try {
            while (true) {
                signals.cancelled().await(interval);
                for (JobAttempt attempt : runner.running()) {
                    lookAfter(attempt);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("no more jobs to look after", e);
        }
    }

    private void lookAfter(JobAttempt attempt) {
        Ownership own = attempt.ownership();
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement("""
                        select s.version = ? and s.picked, j.cancelled_at is not null
                        from scheduled_tasks s join job j on j.kind = s.task_name and j.request_id = s.task_instance
                        where s.task_name = ? and s.task_instance = ?""")) {
            select.setLong(1, own.version());
            select.setString(2, own.kind());
            select.setString(3, own.request());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next() || !row.getBoolean(1)) {
                    attempt.stop(JobAttempt.Stop.LOST);
                } else if (row.getBoolean(2)) {
                    attempt.stop(JobAttempt.Stop.CANCELLED);
                }
            }
        } catch (SQLException e) {
            LOG.warnf("cannot look after %s: %s", own, e.getMessage());
        }
    }
}

package io.holdfast.backup.gap;

import io.holdfast.events.EventId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.repository.wal.WalSegmentName;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Whose log is watched, and where.
 *
 * @param systemIdentifier of the cluster, decimal
 */
record WatchedPlace(TargetId target, RepositoryId repository, String systemIdentifier) {
    /** The event that tells of a gap, for the so manieth time: whoever tells it again tells the same. */
    EventId event(WalSegmentName firstMissing, int times) {
        return EventId.derived(
                "wal_gap",
                target.value(),
                repository.value(),
                systemIdentifier,
                firstMissing.value(),
                Integer.toString(times));
    }

    /** Sets the first three parameters. */
    void set(PreparedStatement statement) throws SQLException {
        statement.setString(1, target.value());
        statement.setString(2, repository.value());
        statement.setString(3, systemIdentifier);
    }
}

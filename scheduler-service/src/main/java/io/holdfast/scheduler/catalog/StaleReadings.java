package io.holdfast.scheduler.catalog;

import io.holdfast.events.BackupId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import javax.sql.DataSource;

/** Which stored backups were not read for too long. Every method belongs into the caller's transaction. Thread safe. */
@Singleton
public class StaleReadings {
    // What stands beside damage comes first: whatever shares a place may share packs.
    private static final String SELECT = """
            with candidate as (
                select b.backup_id, 0 as urgency, coalesce(b.checked_at, b.completed_at) as read_at
                    from catalog.backup d
                    join catalog.backup b on b.repository = d.repository and b.target = d.target
                        and b.system_identifier is not distinct from d.system_identifier
                    where d.repository = ? and d.verification_damaged > 0 and b.status in ('COMPLETED', 'VERIFIED')
                        and coalesce(b.checked_at, b.completed_at) < d.checked_at
                union all
                select backup_id, 1, coalesce(checked_at, completed_at) from catalog.backup
                    where repository = ? and status in ('COMPLETED', 'VERIFIED')
                        and coalesce(checked_at, completed_at) < ?
                union all
                select backup_id, 1, checked_at from catalog.backup
                    where repository = ? and status = 'COMPLETED' and verification_failure is not null and checked_at < ?
            )
            select backup_id, target, manifest from catalog.backup where backup_id in (
                select b.backup_id from catalog.backup b join candidate c on c.backup_id = b.backup_id
                    where b.manifest is not null and (b.reading_asked_at is null or b.reading_asked_at <= b.checked_at
                        or b.reading_asked_at < ?)
                    group by b.backup_id
                    order by min(c.urgency), min(c.read_at), b.backup_id
                    limit ?)
                -- Looked at again in the row as it is once it is locked: another instance may have asked meanwhile.
                and (reading_asked_at is null or reading_asked_at <= checked_at or reading_asked_at < ?)
                order by coalesce(checked_at, completed_at), backup_id
                for update skip locked
            """;

    // Said by a clock that was wrong; taken as they are, they would stand for as long as that was ahead.
    private static final String FORGET = """
            update catalog.backup set
                reading_asked_at = case when reading_asked_at > ? then null else reading_asked_at end,
                checked_at = case when checked_at > ? then null else checked_at end
                where repository = ? and (reading_asked_at > ? or checked_at > ?)
            """;

    private static final String UNDER_WAY = """
            select count(*) from catalog.backup
                where repository = ? and reading_asked_at >= ? and (checked_at is null or checked_at < reading_asked_at)
            """;

    private final DataSource database;

    StaleReadings(DataSource database) {
        this.database = database;
    }

    /** A backup that is to be read again, and the key of its manifest. */
    public record Stale(BackupId backup, TargetId target, String manifest) {}

    /**
     * Chooses from a repository, and locks what it chose. Times that lie ahead are forgotten.
     *
     * @param now by this host's clock
     * @param before what was not read since then
     * @param lost readings that were asked for before that and never answered for count no longer; those that could not be
     *     made before that are to be tried again
     * @param most so many at a time, those included that are asked for
     */
    public List<Stale> lock(RepositoryId repository, Instant now, Instant before, Instant lost, int most)
            throws SQLException {
        try (Connection connection = database.getConnection()) {
            forgetWhatLiesAhead(connection, repository, now);
            int room = most - underWay(connection, repository, lost);
            List<Stale> chosen = new ArrayList<>();
            if (room <= 0) {
                return chosen;
            }
            try (PreparedStatement select = connection.prepareStatement(SELECT)) {
                select.setString(1, repository.value());
                select.setString(2, repository.value());
                select.setTimestamp(3, Timestamp.from(before));
                select.setString(4, repository.value());
                select.setTimestamp(5, Timestamp.from(lost));
                select.setTimestamp(6, Timestamp.from(lost));
                select.setInt(7, room);
                select.setTimestamp(8, Timestamp.from(lost));
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        chosen.add(new Stale(
                                new BackupId(Objects.requireNonNull(row.getObject(1, UUID.class))),
                                new TargetId(Objects.requireNonNull(row.getString(2))),
                                Objects.requireNonNull(row.getString(3))));
                    }
                }
            }
            return chosen;
        }
    }

    private static void forgetWhatLiesAhead(Connection connection, RepositoryId repository, Instant now)
            throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(FORGET)) {
            update.setTimestamp(1, Timestamp.from(now));
            update.setTimestamp(2, Timestamp.from(now));
            update.setString(3, repository.value());
            update.setTimestamp(4, Timestamp.from(now));
            update.setTimestamp(5, Timestamp.from(now));
            update.executeUpdate();
        }
    }

    private static int underWay(Connection connection, RepositoryId repository, Instant lost) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(UNDER_WAY)) {
            select.setString(1, repository.value());
            select.setTimestamp(2, Timestamp.from(lost));
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }
}

package io.holdfast.verifier.retention;

import io.holdfast.events.BackupId;
import io.holdfast.events.EventId;
import io.holdfast.repository.Place;
import io.holdfast.repository.retention.LogCut;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What a run remembers for the next. All methods take part in the caller's transaction. Thread safe. */
@Singleton
class RetentionTable {

    private static final Logger LOG = Logger.getLogger(RetentionTable.class);

    private final DataSource database;

    RetentionTable(DataSource database) {
        this.database = database;
    }

    /** Sets what stands behind the target and the repository. */
    @FunctionalInterface
    private interface Rest {
        void set(PreparedStatement statement) throws SQLException;
    }

    /** Backups that were said to have expired, and of which it was not said what became of them. */
    Set<String> expired(Scope scope) throws SQLException {
        return names("select backup_id from expiry where target = ? and repository = ?", scope, statement -> {});
    }

    /** Whether this is said for the first time. */
    boolean noteExpired(Scope scope, String backup, Instant at) throws SQLException {
        return update(
                        "insert into expiry (target, repository, backup_id, expired_at) values (?, ?, ?, ?)"
                                + " on conflict do nothing",
                        scope,
                        statement -> {
                            statement.setString(3, backup);
                            statement.setTimestamp(4, Timestamp.from(at));
                        })
                == 1;
    }

    /** Whether the backup was said to have expired; that it did is over. */
    boolean settle(Scope scope, String backup) throws SQLException {
        return update(
                        "delete from expiry where target = ? and repository = ? and backup_id = ?",
                        scope,
                        statement -> statement.setString(3, backup))
                == 1;
    }

    /** Nothing has to be known any more of a backup that is gone. */
    void forget(Scope scope, String backup) throws SQLException {
        for (String table : List.of("proof", "approval")) {
            update(
                    "delete from " + table + " where target = ? and repository = ? and backup_id = ?",
                    scope,
                    statement -> statement.setString(3, backup));
        }
    }

    void approve(Scope scope, List<BackupId> backups, @Nullable String by, Instant at) throws SQLException {
        for (BackupId backup : backups) {
            update(
                    "insert into approval (target, repository, backup_id, approved_by, approved_at)"
                            + " values (?, ?, ?, ?, ?) on conflict (target, repository, backup_id)"
                            + " do update set approved_by = excluded.approved_by, approved_at = excluded.approved_at",
                    scope,
                    statement -> {
                        statement.setString(3, backup.toString());
                        statement.setString(4, by);
                        statement.setTimestamp(5, Timestamp.from(at));
                    });
        }
    }

    Set<String> approved(Scope scope, Instant since) throws SQLException {
        return names(
                "select backup_id from approval where target = ? and repository = ? and approved_at >= ?",
                scope,
                statement -> statement.setTimestamp(3, Timestamp.from(since)));
    }

    /** The most that a run since then let go without being asked to. */
    int usual(Scope scope, Instant since) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement("select coalesce(max(removed), 0)"
                        + " from retention_run where target = ? and repository = ? and ended_at >= ?")) {
            bind(select, scope);
            select.setTimestamp(3, Timestamp.from(since));
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getInt(1) : 0;
            }
        }
    }

    /** Adds to what a run let go: it may have been interrupted, and have gone on. */
    void noteRun(Scope scope, EventId request, Instant at, int removed, Instant forgetBefore) throws SQLException {
        update(
                "insert into retention_run (target, repository, request_id, ended_at, removed) values (?, ?, ?, ?, ?)"
                        + " on conflict (request_id) do update"
                        + " set removed = retention_run.removed + excluded.removed, ended_at = excluded.ended_at",
                scope,
                statement -> {
                    statement.setString(3, request.value());
                    statement.setTimestamp(4, Timestamp.from(at));
                    statement.setInt(5, removed);
                });
        update(
                "delete from retention_run where target = ? and repository = ? and ended_at < ?",
                scope,
                statement -> statement.setTimestamp(3, Timestamp.from(forgetBefore)));
    }

    /** Whether a run is due; then it is noted that it was asked for. */
    boolean take(Scope scope, Instant now, Instant lastBefore) throws SQLException {
        return update(
                        "insert into retention_turn as turn (target, repository, asked_at) values (?, ?, ?)"
                                + " on conflict (target, repository) do update set asked_at = excluded.asked_at"
                                // A clock that was ahead must not end it for as long.
                                + " where turn.asked_at is null or turn.asked_at < ? or turn.asked_at > ?",
                        scope,
                        statement -> {
                            statement.setTimestamp(3, Timestamp.from(now));
                            statement.setTimestamp(4, Timestamp.from(lastBefore));
                            statement.setTimestamp(5, Timestamp.from(now));
                        })
                == 1;
    }

    /** Whether no newer revision of a definition was acted on; then it is noted. */
    boolean isNewest(String subject, long revision) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "insert into definition_seen as seen (subject, revision) values (?, ?) on conflict (subject)"
                                + " do update set revision = excluded.revision where seen.revision <= excluded.revision")) {
            insert.setString(1, subject);
            insert.setLong(2, revision);
            return insert.executeUpdate() == 1;
        }
    }

    /** As if the last run had been asked for at that time. */
    void takeAgain(Scope scope, Instant at) throws SQLException {
        update(
                "insert into retention_turn (target, repository, asked_at) values (?, ?, ?)"
                        + " on conflict (target, repository) do update set asked_at = excluded.asked_at",
                scope,
                statement -> statement.setTimestamp(3, Timestamp.from(at)));
    }

    /** Whether somebody has to be asked about something else than the last time. */
    boolean noteAwaiting(Scope scope, String digest) throws SQLException {
        return update(
                        "insert into retention_turn as turn (target, repository, awaiting) values (?, ?, ?)"
                                + " on conflict (target, repository) do update set awaiting = excluded.awaiting"
                                + " where turn.awaiting is distinct from excluded.awaiting",
                        scope,
                        statement -> statement.setString(3, digest))
                == 1;
    }

    Optional<LogCut> cut(Scope scope, Place place) throws SQLException {
        Set<String> found = names(
                "select cut from log_cut where target = ? and repository = ? and place = ?",
                scope,
                statement -> statement.setString(3, place.value()));
        try {
            return found.stream().findFirst().map(LogCut::decode);
        } catch (IllegalArgumentException e) {
            // It only makes the log go one run later.
            LOG.warnf("what the last run found of the log of %s is not known any more: %s", scope, e.getMessage());
            return Optional.empty();
        }
    }

    void keepCut(Scope scope, Place place, LogCut cut) throws SQLException {
        update(
                "insert into log_cut (target, repository, place, cut) values (?, ?, ?, ?)"
                        + " on conflict (target, repository, place) do update set cut = excluded.cut",
                scope,
                statement -> {
                    statement.setString(3, place.value());
                    statement.setString(4, cut.encode());
                });
    }

    private int update(String sql, Scope scope, Rest rest) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, scope);
            rest.set(statement);
            return statement.executeUpdate();
        }
    }

    private Set<String> names(String sql, Scope scope, Rest rest) throws SQLException {
        Set<String> names = new HashSet<>();
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(sql)) {
            bind(select, scope);
            rest.set(select);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
        }
        return names;
    }

    private static void bind(PreparedStatement statement, Scope scope) throws SQLException {
        statement.setString(1, scope.target().value());
        statement.setString(2, scope.repository().value());
    }
}

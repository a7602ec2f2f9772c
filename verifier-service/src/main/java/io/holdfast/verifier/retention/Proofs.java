package io.holdfast.verifier.retention;

import io.holdfast.events.BackupId;
import io.holdfast.events.RepositoryId;
import io.holdfast.events.TargetId;
import io.holdfast.events.verification.VerificationLevel;
import io.holdfast.repository.Place;
import io.holdfast.repository.retention.Proof;
import io.holdfast.runtime.database.Persistence;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;

/**
 * What verifications of this service showed. Kept here and not taken from the log, where whoever makes backups may write,
 * too. What is lost is shown again by verifying again; until then more is kept. Thread safe.
 */
@Singleton
public class Proofs {

    private final DataSource database;

    Proofs(DataSource database) {
        this.database = database;
    }

    /** What is known of backups. */
    @FunctionalInterface
    interface Known {
        Proof of(Place place, io.holdfast.repository.BackupId backup);
    }

    /**
     * Where a backup was read back.
     *
     * @param place who asks for a verification names it, and may name another one than the backup's
     */
    public record Read(TargetId target, RepositoryId repository, Place place, BackupId backup) {}

    /**
     * A backup was read back and all was there. The first time counts. Damage that was found deeper stays.
     *
     * @param level how much was looked at
     */
    public void whole(Read read, VerificationLevel level, Instant at) throws InterruptedException {
        note(read, level, at, """
                insert into proof (target, repository, place, backup_id, whole_since) values (?, ?, ?, ?, ?)
                on conflict (target, repository, place, backup_id) do update
                set whole_since = coalesce(proof.whole_since, excluded.whole_since),
                    damaged_at = null, damaged_level = null
                where proof.damaged_level is null or proof.damaged_level <= ?""");
    }

    /**
     * Something of a backup is missing or damaged.
     *
     * @param level what has to be looked at again to take that back
     */
    public void damaged(Read read, VerificationLevel level, Instant at) throws InterruptedException {
        note(read, level, at, """
                insert into proof (target, repository, place, backup_id, damaged_at, damaged_level)
                values (?, ?, ?, ?, ?, ?)
                on conflict (target, repository, place, backup_id) do update
                set damaged_at = excluded.damaged_at,
                    damaged_level = greatest(proof.damaged_level, excluded.damaged_level)""");
    }

    private void note(Read read, VerificationLevel level, Instant at, String sql) throws InterruptedException {
        Persistence.untilDone("the proof of " + read.backup(), () -> {
            try (Connection connection = database.getConnection();
                    PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, read.target().value());
                statement.setString(2, read.repository().value());
                statement.setString(3, read.place().value());
                statement.setString(4, read.backup().toString());
                statement.setTimestamp(5, Timestamp.from(at));
                statement.setInt(6, depth(level));
                return statement.executeUpdate();
            }
        });
    }

    /** Each level includes those before it. */
    private static int depth(VerificationLevel level) {
        return switch (level) {
            case PRESENT -> 0;
            case BYTES -> 1;
            case STRUCTURE -> 2;
            case RESTORED -> 3;
        };
    }

    /** What is known of each backup of a target in a repository. */
    Known of(Scope scope) throws InterruptedException {
        Map<String, Proof> known = Persistence.untilDone("the proofs of " + scope, () -> read(scope));
        return (place, backup) -> known.getOrDefault(place + "/" + backup, new Proof.Unverified());
    }

    private Map<String, Proof> read(Scope scope) throws SQLException {
        Map<String, Proof> known = new HashMap<>();
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "select place || '/' || backup_id, whole_since, damaged_at from proof where target = ? and repository = ?")) {
            select.setString(1, scope.target().value());
            select.setString(2, scope.repository().value());
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    Timestamp whole = rows.getTimestamp(2);
                    known.put(
                            rows.getString(1),
                            rows.getTimestamp(3) != null || whole == null
                                    ? new Proof.Damaged()
                                    : new Proof.Verified(whole.toInstant()));
                }
            }
        }
        return known;
    }
}

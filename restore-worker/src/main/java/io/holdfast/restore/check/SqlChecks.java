package io.holdfast.restore.check;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.request.SqlCheck;
import io.holdfast.events.restore.RestoreCompleted.CheckResult;
import io.holdfast.restore.RestoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Runs a request's own statement and compares its value. */
public final class SqlChecks {
    /** How much of a value is reported, in characters: an event is at most 256 KiB long. Compared is all of it. */
    private static final int LONGEST_VALUE = 500;

    private SqlChecks() {}

    /**
     * Runs one check in the session's read-only transaction.
     *
     * @throws RestoreException {@code check_failed} if it fails, gives nothing, or another value than expected
     */
    public static CheckResult run(SqlCheck check, String database, Connection connection) throws RestoreException {
        String value;
        // The extended protocol takes one statement only.
        try (PreparedStatement statement = connection.prepareStatement(check.sql())) {
            statement.setMaxRows(2);
            try (ResultSet found = statement.executeQuery()) {
                if (!found.next()) {
                    throw failed(check, database, "gave no row");
                }
                value = found.getString(1);
                if (found.next()) {
                    throw failed(check, database, "gave more than one row");
                }
            }
        } catch (SQLException e) {
            throw failed(check, database, "failed: " + e.getMessage());
        }
        if (check.expected() != null && !Objects.equals(check.expected(), value)) {
            throw failed(check, database, "gave " + cut(value) + ", expected " + cut(check.expected()));
        }
        return new CheckResult(check.name(), database, cut(value), cut(check.expected()));
    }

    private static @Nullable String cut(@Nullable String value) {
        return value != null && value.length() > LONGEST_VALUE ? value.substring(0, LONGEST_VALUE) + "…" : value;
    }

    private static RestoreException failed(SqlCheck check, String database, String how) {
        return new RestoreException(
                FailureCategory.CHECK_FAILED,
                "check \"" + check.name() + "\" on database " + database + " " + how + ".",
                "look whether the data or the expectation is wrong, then restore this or an earlier backup.");
    }
}

package io.holdfast.scheduler.catalog;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Tells what a record holds from what the database has. */
final class StorageFailure {

    private static final int DEEPEST = 20;

    private StorageFailure() {}

    /**
     * Whether a record can never be stored, because of what it says: SQLSTATE classes 22 (data) and 23 (constraint).
     *
     * @see <a href="https://www.postgresql.org/docs/current/errcodes-appendix.html">PostgreSQL error codes</a>
     */
    static boolean isOfContent(Throwable failure) {
        @Nullable Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState().startsWith("22") || sql.getSQLState().startsWith("23");
            }
            cause = cause.getCause();
        }
        return false;
    }
}

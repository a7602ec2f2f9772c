package io.holdfast.restore.check;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** How checks enter a database: they read only, and for a bounded time. */
public final class CheckSession {
    /** For statements of our own, which mean the catalog's names and operators. */
    static final String OURS = "-c default_transaction_read_only=on -c search_path=pg_catalog";
    /** For the request's statements. */
    static final String THEIRS = "-c default_transaction_read_only=on";

    private CheckSession() {}

    /** Begins the one read-only transaction of a session. */
    public static void begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        connection.setReadOnly(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute("set local statement_timeout = '10min'");
            statement.execute("set local lock_timeout = '30s'");
        }
    }
}

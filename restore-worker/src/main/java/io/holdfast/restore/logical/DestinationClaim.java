package io.holdfast.restore.logical;

import io.holdfast.restore.RestoreWatch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;

/**
 * Keeps a second attempt out of a database for as long as the first one is alive, even if that one sleeps and has lost its
 * job. It is a session's advisory lock on the destination's server, so it ends with the session: whoever has lost the session
 * has lost the claim, and must leave alone what another may have made since. For one thread.
 *
 * @see <a href="https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS">Advisory Locks</a>
 */
final class DestinationClaim implements AutoCloseable {
    private static final long PAUSE_MILLIS = 200;
    private static final int SECONDS_TO_ANSWER = 20;

    /** So that the server notices within about a minute that the worker's host is gone, and a long pause costs nothing. */
    private static final String KEEP = """
            set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3;
            set idle_session_timeout = 0""";

    private static final String KEEP_BEFORE_14 =
            "set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3";
    private static final int FIRST_WITH_IDLE_TIMEOUT = 14;

    private final Connection session;

    private DestinationClaim(Connection session) {
        this.session = session;
    }

    /**
     * Waits until the database is nobody else's.
     *
     * @param session a session of the claim's own on the maintenance database: advisory locks count within one database. It
     *     is closed with the claim, or when there is none
     */
    static DestinationClaim of(Connection session, String database, RestoreWatch watch)
            throws SQLException, InterruptedException {
        boolean claimed = false;
        try {
            try (Statement statement = session.createStatement()) {
                int major = session.getMetaData().getDatabaseMajorVersion();
                statement.execute(major < FIRST_WITH_IDLE_TIMEOUT ? KEEP_BEFORE_14 : KEEP);
            }
            do {
                watch.goOn();
                claimed = attempt(session, database);
                if (!claimed) {
                    TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                }
            } while (!claimed);
            return new DestinationClaim(session);
        } finally {
            if (!claimed) {
                session.close();
            }
        }
    }

    private static boolean attempt(Connection session, String database) throws SQLException {
        try (PreparedStatement statement = session.prepareStatement(
                "select pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended('holdfast/restore/' || ?, 0))")) {
            statement.setString(1, database);
            try (ResultSet answer = statement.executeQuery()) {
                answer.next();
                return answer.getBoolean(1);
            }
        }
    }

    /** Whether the session, and the claim with it, is still there. Asks the server. */
    boolean holds() throws SQLException {
        return session.isValid(SECONDS_TO_ANSWER);
    }

    /** The session that holds it: what is done in it is done under the claim, or not at all. */
    Connection session() {
        return session;
    }

    @Override
    public void close() throws SQLException {
        session.close();
    }
}

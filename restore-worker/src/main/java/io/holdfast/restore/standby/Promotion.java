package io.holdfast.restore.standby;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.physical.WalServing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes a primary of a standby of this host that follows a repository. Needs nothing but the server and its directory: whoever
 * answers it notices that it is none any more. For one thread.
 */
final class Promotion {
    private static final long PAUSE_MILLIS = 100;
    private static final Duration FOLLOWING_ENDS = Duration.ofSeconds(10);
    /** Of what is promoted this stays what it was at the end of recovery. */
    private static final String REACHED = "select pg_catalog.pg_last_wal_replay_lsn()::text,"
            + " pg_catalog.pg_last_xact_replay_timestamp(),"
            + " ('x' || substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int";

    private final Path data;
    private final String role;
    private final Duration limit;
    private final Clock clock;

    /**
     * @param data the standby's data directory, absolute
     * @param role a superuser of it
     * @param limit how long the server may take until it accepts writes
     */
    Promotion(Path data, String role, Duration limit, Clock clock) {
        this.data = data;
        this.role = role;
        this.limit = limit;
        this.clock = clock;
    }

    /**
     * What came of it.
     *
     * @param timeline the new one
     * @param lsn where it forked off: the byte behind the last record that was replayed
     * @param lastTransaction the last one that is in it; absent: none since it was a standby
     * @param seconds from the question to the first write
     * @param followingEnded whether whoever answered it has seen that it is no standby any more; otherwise nobody answers it
     *     now, and its folder for the log stays
     */
    record Promoted(
            String directory,
            int timeline,
            String lsn,
            @Nullable Instant lastTransaction,
            double seconds,
            boolean followingEnded) {}

    /**
     * Promotes it, and waits until it accepts writes.
     *
     * @throws RestoreException {@code configuration} if there is no standby that runs; {@code timeout} if it takes too long
     */
    Promoted run() throws RestoreException, InterruptedException {
        requireStandby();
        Instant began = clock.instant();
        StandbyServer server = server();
        try (Connection connection = server.connect()) {
            promote(connection);
            awaitWrites(connection, began.plus(limit));
            double seconds = Duration.between(began, clock.instant()).toMillis() / 1000.0;
            return reached(connection, seconds);
        } catch (SQLException e) {
            throw new RestoreException(
                    FailureCategory.RECOVERY_FAILED,
                    "promoting the standby in " + data + " failed: " + e.getMessage() + ".",
                    "see the server's log; pg_ctl promote -D " + data + " does the same.",
                    e);
        }
    }

    private void requireStandby() throws RestoreException {
        if (Files.exists(
                data.resolveSibling("." + data.getFileName() + ".holdfast-restore"), LinkOption.NOFOLLOW_LINKS)) {
            throw new RestoreException(
                    FailureCategory.DESTINATION,
                    "a restore is at work in " + data + ", or was broken off there.",
                    "wait until it has ended, or restore it again.");
        }
        if (!Files.exists(data.resolve("PG_VERSION"), LinkOption.NOFOLLOW_LINKS)
                || !Files.exists(data.resolve("standby.signal"), LinkOption.NOFOLLOW_LINKS)) {
            throw new RestoreException(
                    FailureCategory.CONFIGURATION,
                    data + " holds no standby.",
                    "name the data directory that was restored with --standby, on this host; nothing was changed.");
        }
    }

    private StandbyServer server() throws RestoreException {
        try {
            return StandbyServer.on(data, role);
        } catch (IOException e) {
            throw new RestoreException(
                    FailureCategory.CONFIGURATION,
                    "the standby in " + data + " does not run: " + e.getMessage() + ".",
                    "start it first: pg_ctl -D " + data + " start, as its user; nothing was changed.",
                    e);
        }
    }

    private void promote(Connection connection) throws SQLException, RestoreException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet found = statement.executeQuery("select pg_catalog.pg_is_in_recovery()")) {
                found.next();
                if (!found.getBoolean(1)) {
                    throw new RestoreException(
                            FailureCategory.CONFIGURATION,
                            "the server in " + data + " is no standby any more.",
                            "nothing is to be done.");
                }
            }
            statement.execute("select pg_catalog.pg_promote(false)");
        }
    }

    /** A transaction's number is only given to who may write, and is written itself. */
    private void awaitWrites(Connection connection, Instant end)
            throws SQLException, RestoreException, InterruptedException {
        try (Statement statement = connection.createStatement()) {
            while (true) {
                try (ResultSet found = statement.executeQuery("select pg_catalog.pg_is_in_recovery()")) {
                    found.next();
                    if (!found.getBoolean(1)) {
                        break;
                    }
                }
                if (clock.instant().isAfter(end)) {
                    throw new RestoreException(
                            FailureCategory.TIMEOUT,
                            "the server in " + data + " was promoted, and does not accept writes after "
                                    + limit.toSeconds() + " s.",
                            "it goes on by itself; see its log.");
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
            statement.execute("select pg_catalog.pg_current_xact_id()");
        }
    }

    private Promoted reached(Connection connection, double seconds) throws SQLException, InterruptedException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(REACHED)) {
            found.next();
            OffsetDateTime last = found.getObject(2, OffsetDateTime.class);
            return new Promoted(
                    data.toString(),
                    found.getInt(3),
                    String.valueOf(found.getString(1)),
                    last == null ? null : last.toInstant(),
                    seconds,
                    followingEnds());
        }
    }

    private boolean followingEnds() throws InterruptedException {
        Instant end = clock.instant().plus(FOLLOWING_ENDS);
        while (WalServing.isThere(data)) {
            if (clock.instant().isAfter(end)) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        return true;
    }
}

package io.holdfast.restore.physical;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.restore.RestoreCompleted.RecoveredTo;
import io.holdfast.restore.PhaseTimes;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.cluster.PrivateSocket;
import io.holdfast.restore.cluster.RestoredServer;
import io.holdfast.restore.replay.StandbyFeed;
import io.holdfast.restore.replay.WalPath;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts a server as a standby, and waits until it has all that is stored. It is open for reading then, and goes on for as long
 * as somebody answers it.
 *
 * @param top the folder through which it is answered
 * @param path what it replays at least
 */
record StandbyStart(RestoredServer server, Path top, WalPath path, StandbyFeed feed, PrivateSocket socket) {
    private static final long PAUSE_MILLIS = 100;
    private static final String REACHED =
            "select pg_catalog.pg_last_wal_replay_lsn()::text, pg_catalog.pg_last_xact_replay_timestamp()";

    void run(PhaseTimes times, RestoreWatch watch) throws RestoreException, InterruptedException {
        times.begin(RestorePhase.START);
        watch.progress(RestorePhase.START, 0, null);
        server.start(List.of(), List.of(top));
        server.awaitLockFile(watch);
        times.begin(RestorePhase.RECOVER);
        watch.progress(RestorePhase.RECOVER, 0, path.bytes());
        server.awaitReady(watch);
        while (feed.upToDate().isEmpty()) {
            watch.goOn();
            server.requireAlive();
            if (!feed.isAlive()) {
                throw new RestoreException(
                        FailureCategory.DESTINATION,
                        "handing WAL to the standby failed: " + feed.trouble().orElse("it was broken off") + ".",
                        "see that the disk of the data directory has room.");
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    /** How far it is. */
    RecoveredTo reached(String superuser) throws RestoreException {
        try (Connection connection = socket.connect("template1", superuser, "");
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(REACHED)) {
            found.next();
            OffsetDateTime last = found.getObject(2, OffsetDateTime.class);
            return new RecoveredTo(path.timeline(), found.getString(1), last == null ? null : last.toInstant(), null);
        } catch (SQLException e) {
            throw new RestoreException(
                    FailureCategory.RECOVERY_FAILED,
                    "the standby cannot be asked how far it is: " + e.getMessage() + ".",
                    "see the server's log.",
                    e);
        }
    }
}

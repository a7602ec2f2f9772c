package io.holdfast.restore.physical;

import io.holdfast.events.FailureCategory;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.restore.PhaseTimes;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.cluster.PrivateSocket;
import io.holdfast.restore.cluster.RestoredServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Starts the server on the fetched files and lets it recover to the backup's end, not one record less: a server that came
 * up earlier is a failure.
 */
final class Recovery {
    /** For the first start alone. The WAL lies in pg_wal already, so the command has nothing to add. */
    private static final List<String> SETTINGS = List.of(
            "restore_command=false",
            "recovery_target=immediate",
            "recovery_target_action=promote",
            "recovery_target_timeline=current",
            "hot_standby=off");

    private static final String NO_OPTIONS = "";
    private static final String INVALID_AUTHORIZATION = "28000";

    private final RestoredServer server;
    private final PrivateSocket socket;
    private final WalNeeded wal;

    Recovery(RestoredServer server, PrivateSocket socket, WalNeeded wal) {
        this.server = server;
        this.socket = socket;
        this.wal = wal;
    }

    /**
     * Recovers; the server is open for work then.
     *
     * @param knownRole a role that may be a superuser
     * @return the name of a superuser
     */
    String run(@Nullable String knownRole, PhaseTimes times, RestoreWatch watch)
            throws RestoreException, InterruptedException {
        times.begin(RestorePhase.START);
        watch.progress(RestorePhase.START, 0, null);
        server.start(SETTINGS);
        server.awaitLockFile(watch);
        times.begin(RestorePhase.RECOVER);
        watch.progress(RestorePhase.RECOVER, 0, null);
        server.awaitReady(watch);
        Optional<String> superuser = superuser(knownRole);
        if (superuser.isPresent()) {
            requireConsistent(superuser.get());
            return superuser.get();
        }
        // The position of recovery is asked before the server is stopped for its superuser's name.
        server.stop();
        String name = server.firstSuperuser();
        server.start(List.of());
        server.awaitReady(watch);
        return name;
    }

    private Optional<String> superuser(@Nullable String knownRole) throws RestoreException {
        Set<String> candidates = new LinkedHashSet<>();
        candidates.add("postgres");
        if (knownRole != null) {
            candidates.add(knownRole);
        }
        for (String each : candidates) {
            if (isSuperuser(each)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    private boolean isSuperuser(String role) throws RestoreException {
        try (Connection connection = socket.connect("template1", role, NO_OPTIONS);
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("select pg_catalog.current_setting('is_superuser')")) {
            return found.next() && "on".equals(found.getString(1));
        } catch (SQLException e) {
            if (INVALID_AUTHORIZATION.equals(e.getSQLState())) {
                return false;
            }
            throw unreachable(e);
        }
    }

    private void requireConsistent(String superuser) throws RestoreException {
        try (Connection connection = socket.connect("template1", superuser, NO_OPTIONS);
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(
                        "select pg_catalog.pg_is_in_recovery()," + " pg_catalog.pg_last_wal_replay_lsn()::text")) {
            found.next();
            String replayed = found.getString(2);
            if (found.getBoolean(1) || replayed == null || Lsn.parse(replayed).compareTo(wal.stopLsn()) < 0) {
                throw new RestoreException(
                        FailureCategory.RECOVERY_FAILED,
                        "recovery ended at " + replayed + ", before the backup's end at " + wal.stopLsn() + ".",
                        "verify the backup: WAL that it needs may be missing.");
            }
        } catch (SQLException e) {
            throw unreachable(e);
        }
    }

    private RestoreException unreachable(SQLException e) {
        return new RestoreException(
                FailureCategory.RECOVERY_FAILED,
                "the recovered server cannot be asked through " + socket.path() + ": " + e.getMessage() + ".",
                "see the server's log.",
                e);
    }
}

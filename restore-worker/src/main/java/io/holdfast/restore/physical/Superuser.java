package io.holdfast.restore.physical;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
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

/** Finds out who may do everything in a restored cluster. */
final class Superuser {
    private static final String NO_OPTIONS = "";
    private static final String INVALID_AUTHORIZATION = "28000";
    /** Only who may do everything is told where the data directory is. */
    private static final String NOT_ALLOWED = "42501";

    private final RestoredServer server;
    private final PrivateSocket socket;

    Superuser(RestoredServer server, PrivateSocket socket) {
        this.server = server;
        this.socket = socket;
    }

    /**
     * The name of a superuser. The server runs, before and after; it may be restarted in between.
     *
     * @param knownRole a role that may be one
     */
    String find(@Nullable String knownRole, RestoreWatch watch) throws RestoreException, InterruptedException {
        Optional<String> known = among(knownRole);
        if (known.isPresent()) {
            return known.get();
        }
        server.stop();
        String name = server.firstSuperuser();
        server.start(List.of());
        server.awaitReady(watch);
        return name;
    }

    /**
     * The name of a superuser of a standby, which cannot be asked in any other way.
     *
     * @param knownRole a role that may be one
     */
    String findRunning(@Nullable String knownRole) throws RestoreException {
        return among(knownRole)
                .orElseThrow(() -> new RestoreException(
                        FailureCategory.CONFIGURATION,
                        "the standby has no superuser postgres, and the target's own user is none.",
                        "make a superuser postgres on the primary, or restore without --standby."));
    }

    private Optional<String> among(@Nullable String knownRole) throws RestoreException {
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
            if (INVALID_AUTHORIZATION.equals(e.getSQLState()) || NOT_ALLOWED.equals(e.getSQLState())) {
                return false;
            }
            throw new RestoreException(
                    FailureCategory.RECOVERY_FAILED,
                    "the recovered server cannot be asked through " + socket.path() + ": " + e.getMessage() + ".",
                    "see the server's log.",
                    e);
        }
    }
}

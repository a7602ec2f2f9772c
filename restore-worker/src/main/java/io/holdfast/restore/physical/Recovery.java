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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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

    private static final Pattern HISTORY = Pattern.compile("[0-9A-F]{8}\\.history");

    private final RestoredServer server;
    private final Path walDirectory;
    private final PrivateSocket socket;
    private final WalNeeded wal;

    Recovery(RestoredServer server, Path walDirectory, PrivateSocket socket, WalNeeded wal) {
        this.server = server;
        this.walDirectory = walDirectory;
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
        requireConsistent();
        Optional<String> superuser = superuser(knownRole);
        if (superuser.isPresent()) {
            return superuser.get();
        }
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

    /** The history of the timeline that the server made at recovery's end says where that was. */
    private void requireConsistent() throws RestoreException {
        try (Stream<Path> files = Files.list(walDirectory)) {
            Optional<Path> newest = files.filter(file ->
                            HISTORY.matcher(file.getFileName().toString()).matches())
                    .filter(file -> timeline(file) > wal.timeline())
                    .max(Comparator.comparingLong(Recovery::timeline));
            Lsn end = newest.isPresent() ? end(Files.readAllLines(newest.get())) : Lsn.ZERO;
            if (end.compareTo(wal.stopLsn()) < 0) {
                throw new RestoreException(
                        FailureCategory.RECOVERY_FAILED,
                        "recovery ended at " + end + ", before the backup's end at " + wal.stopLsn() + ".",
                        "verify the backup: WAL that it needs may be missing.");
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new RestoreException(
                    FailureCategory.RECOVERY_FAILED,
                    "where recovery ended cannot be told: " + e.getMessage() + ".",
                    "see the server's log.",
                    e);
        }
    }

    private static long timeline(Path history) {
        return Long.parseLong(history.getFileName().toString().substring(0, 8), 16);
    }

    /** The last line holds the timeline before, the position where it was left, and why. */
    private static Lsn end(List<String> lines) {
        String last = lines.stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .reduce((one, other) -> other)
                .orElse("");
        String[] fields = last.split("\\s+", 3);
        return fields.length < 2 ? Lsn.ZERO : Lsn.parse(fields[1]);
    }

    private RestoreException unreachable(SQLException e) {
        return new RestoreException(
                FailureCategory.RECOVERY_FAILED,
                "the recovered server cannot be asked through " + socket.path() + ": " + e.getMessage() + ".",
                "see the server's log.",
                e);
    }
}

package io.holdfast.restore.standby;

import io.holdfast.restore.cluster.ForeignFiles;
import io.holdfast.restore.cluster.PrivateSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server on a data directory of this host, found by the lock file that it keeps there.
 *
 * @param socket its private socket
 * @param role a superuser
 * @see <a href="https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-RECOVERY-CONTROL">Recovery Control
 *     Functions</a>
 */
record StandbyServer(PrivateSocket socket, String role) {
    private static final int LONGEST = 1 << 16;
    private static final int PORT_LINE = 3;
    private static final int SOCKET_LINE = 4;
    private static final String POSITION =
            "select pg_catalog.pg_last_wal_replay_lsn()::text, pg_catalog.pg_last_xact_replay_timestamp()";

    /**
     * How far it has replayed.
     *
     * @param lsn the byte behind the last record
     * @param lastTransaction when that was committed or rolled back; absent: none since it began
     */
    record Position(String lsn, @Nullable Instant lastTransaction) {}

    /**
     * Finds it.
     *
     * @throws IOException if there is none, or its lock file is not that of a running server
     */
    static StandbyServer on(Path dataDirectory, String role) throws IOException {
        List<String> lock = lines(dataDirectory, "postmaster.pid");
        try {
            int major = Integer.parseInt(
                    lines(dataDirectory, "PG_VERSION").getFirst().strip());
            Path directory = Path.of(lock.get(SOCKET_LINE).strip());
            int port = Integer.parseInt(lock.get(PORT_LINE).strip());
            if (!directory.isAbsolute()) {
                throw new IOException("postmaster.pid in " + dataDirectory + " names no socket");
            }
            return new StandbyServer(new PrivateSocket(directory, port, major, dataDirectory), role);
        } catch (IndexOutOfBoundsException | NumberFormatException | InvalidPathException e) {
            throw new IOException("postmaster.pid in " + dataDirectory + " is not that of a running server", e);
        }
    }

    private static List<String> lines(Path dataDirectory, String name) throws IOException {
        byte[] bytes = ForeignFiles.read(dataDirectory, dataDirectory.resolve(name), LONGEST);
        return new String(bytes, StandardCharsets.UTF_8).lines().toList();
    }

    /** How far it is. */
    Position position() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(POSITION)) {
            found.next();
            OffsetDateTime last = found.getObject(2, OffsetDateTime.class);
            return new Position(String.valueOf(found.getString(1)), last == null ? null : last.toInstant());
        }
    }

    /** A session of its own; closed by the caller. */
    Connection connect() throws SQLException {
        return socket.connect("template1", role, "");
    }
}

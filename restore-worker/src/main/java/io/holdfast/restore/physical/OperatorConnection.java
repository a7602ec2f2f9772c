package io.holdfast.restore.physical;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.cluster.ConnectionString;
import io.holdfast.restore.cluster.PrivateSocket;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connection string that works for whoever asked for the restore. If the role that the target is backed up with can log
 * in with a password, it is that role over 127.0.0.1, with the password it had when the backup was made; else a superuser
 * over the private socket, for root and the server's own user.
 */
final class OperatorConnection {
    private static final String HAS_PASSWORD =
            "select 1 from pg_catalog.pg_authid where rolname = ? and rolcanlogin and rolpassword is not null"
                    + " and (rolvaliduntil is null or rolvaliduntil > pg_catalog.now())";
    private static final String DATABASES = "select datname from pg_catalog.pg_database"
            + " where datallowconn and datconnlimit <> -2 and not datistemplate order by datname <> 'postgres', datname";

    private final PrivateSocket socket;
    private final String superuser;

    OperatorConnection(PrivateSocket socket, String superuser) {
        this.socket = socket;
        this.superuser = superuser;
    }

    String describe(@Nullable String role, @Nullable String database) throws RestoreException {
        try (Connection connection = socket.connect("template1", superuser, "")) {
            Map<String, String> keywords = new LinkedHashMap<>();
            boolean overTcp = role != null && hasPassword(connection, role);
            keywords.put("host", overTcp ? "127.0.0.1" : socket.directory().toString());
            keywords.put("port", Integer.toString(socket.port()));
            keywords.put("user", overTcp && role != null ? role : superuser);
            keywords.put("dbname", choose(databases(connection), database));
            return ConnectionString.of(keywords);
        } catch (SQLException e) {
            throw new RestoreException(
                    FailureCategory.RECOVERY_FAILED,
                    "the restored server cannot be asked for its roles: " + e.getMessage() + ".",
                    "see the server's log.",
                    e);
        }
    }

    private static boolean hasPassword(Connection connection, String role) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(HAS_PASSWORD)) {
            statement.setString(1, role);
            try (ResultSet found = statement.executeQuery()) {
                return found.next();
            }
        }
    }

    private static List<String> databases(Connection connection) throws SQLException {
        List<String> names = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(DATABASES);
                ResultSet found = statement.executeQuery()) {
            while (found.next()) {
                names.add(found.getString(1));
            }
        }
        return names;
    }

    private static String choose(List<String> databases, @Nullable String wanted) {
        if (wanted != null && databases.contains(wanted)) {
            return wanted;
        }
        return databases.isEmpty() ? "template1" : databases.getFirst();
    }
}

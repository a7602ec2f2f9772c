package io.holdfast.restore.cluster;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * The socket of a restored server, through which its databases can be entered without a password by whoever can enter its
 * directory: root and the server's own user.
 *
 * @param directory where it is
 * @param port the number in its name
 * @param major the server's major version
 * @param dataDirectory the server's, as it sees it
 */
public record PrivateSocket(Path directory, int port, int major, Path dataDirectory) {
    /** Libraries that roles or databases of the cluster ask for are not loaded, and login triggers do not fire. */
    private static final String NOTHING_RUNS_BY_ITSELF = "-c session_preload_libraries= -c local_preload_libraries=";

    private static final int HAS_LOGIN_TRIGGERS = 17;

    /** {@code sqlserver_rejected_establishment_of_sqlconnection}. */
    private static final String NOT_OURS = "08004";

    /** The longest path of a socket's directory that leaves room for its name: addresses have 107 bytes. */
    public static final int LONGEST_DIRECTORY = 107 - "/.s.PGSQL.65535".length();

    /** The socket's path. */
    public Path path() {
        return directory.resolve(".s.PGSQL." + port);
    }

    /**
     * Enters a database of this very server: whoever owns the directory of the socket may have put another one's there.
     *
     * @param options settings of the session, as in {@code -c search_path=pg_catalog}; they win over those of roles and databases
     */
    public Connection connect(String database, String role, String options) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", role);
        // As a property: in the URL its characters would have to be encoded.
        properties.setProperty("PGDBNAME", database);
        properties.setProperty("socketFactory", UnixSocketFactory.class.getName());
        properties.setProperty("socketFactoryArg", path().toString());
        properties.setProperty("sslmode", "disable");
        properties.setProperty("gssEncMode", "disable");
        properties.setProperty(
                "options",
                NOTHING_RUNS_BY_ITSELF + (major >= HAS_LOGIN_TRIGGERS ? " -c event_triggers=off " : " ") + options);
        properties.setProperty("ApplicationName", "holdfast restore");
        Connection connection = DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/", properties);
        boolean ours = false;
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("show data_directory")) {
            ours = found.next() && Path.of(found.getString(1)).equals(dataDirectory);
            if (ours) {
                return connection;
            }
            throw new SQLException("behind " + path() + " is the server of another data directory", NOT_OURS);
        } finally {
            if (!ours) {
                connection.close();
            }
        }
    }
}

package io.holdfast.restore.logical;

import io.holdfast.restore.cluster.ConnectionString;
import io.holdfast.runtime.secrets.Secret;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Where a dump is restored to.
 *
 * @param password absent where the server asks for none
 * @param database the database to load into
 * @param sslMode libpq's sslmode
 */
public record ServerAddress(
        String host, int port, String user, @Nullable Secret password, String database, String sslMode) {

    private static final String SECONDS_TO_CONNECT = "20";

    /** The connection string for libpq programs, without the password. */
    String connectionString() {
        Map<String, String> keywords = new LinkedHashMap<>();
        keywords.put("host", host);
        keywords.put("port", Integer.toString(port));
        keywords.put("user", user);
        keywords.put("dbname", database);
        keywords.put("sslmode", sslMode);
        return ConnectionString.of(keywords);
    }

    /** Enters one of the server's databases. */
    Connection connect(String name, String options) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("PGHOST", host);
        properties.setProperty("PGPORT", Integer.toString(port));
        properties.setProperty("PGDBNAME", name);
        properties.setProperty("user", user);
        if (password != null) {
            properties.setProperty("password", password.reveal());
        }
        properties.setProperty("sslmode", sslMode);
        properties.setProperty("connectTimeout", SECONDS_TO_CONNECT);
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "holdfast restore");
        if (!options.isEmpty()) {
            properties.setProperty("options", options);
        }
        return DriverManager.getConnection("jdbc:postgresql:", properties);
    }
}

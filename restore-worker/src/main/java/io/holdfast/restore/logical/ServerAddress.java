package io.holdfast.restore.logical;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.cluster.ConnectionString;
import io.holdfast.runtime.secrets.Secret;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
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

    /** How our sessions are known on the server. */
    static final String APPLICATION = "holdfast restore";

    private static final String SECONDS_TO_CONNECT = "20";
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:-]+");

    /** @throws IllegalArgumentException if the host is not a host's name or address: it becomes part of a URL */
    public ServerAddress {
        if (!HOST.matcher(host).matches()) {
            throw new IllegalArgumentException("the host to restore to is not a host's name or address");
        }
    }

    /** The connection string without the password, for people. */
    String connectionString() {
        Map<String, String> keywords = new LinkedHashMap<>();
        keywords.put("host", host);
        keywords.put("port", Integer.toString(port));
        keywords.put("user", user);
        keywords.put("dbname", database);
        keywords.put("sslmode", sslMode);
        return ConnectionString.of(keywords);
    }

    /**
     * The same as a URI in which every byte but ASCII letters and digits is percent-encoded: so a name is never taken for
     * an option or another connection string, whatever the locale in which arguments are handed on.
     */
    String uri() {
        return "postgresql:///?host=" + encoded(host) + "&port=" + port + "&user=" + encoded(user) + "&dbname="
                + encoded(database) + "&sslmode=" + encoded(sslMode);
    }

    private static String encoded(String value) {
        StringBuilder text = new StringBuilder();
        for (byte each : value.getBytes(StandardCharsets.UTF_8)) {
            boolean plain =
                    (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') || (each >= '0' && each <= '9');
            text.append(plain ? String.valueOf((char) each) : "%%%02X".formatted(each & 0xff));
        }
        return text.toString();
    }

    /** Enters one of the server's databases. */
    Connection connect(String name, String options) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("PGDBNAME", name);
        properties.setProperty("user", user);
        if (password != null) {
            properties.setProperty("password", password.reveal());
        }
        properties.setProperty("sslmode", sslMode);
        properties.setProperty("connectTimeout", SECONDS_TO_CONNECT);
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", APPLICATION);
        if (!options.isEmpty()) {
            properties.setProperty("options", options);
        }
        String written = host.contains(":") ? "[" + host + "]" : host;
        return DriverManager.getConnection("jdbc:postgresql://" + written + ":" + port + "/", properties);
    }

    /** Enters a database that is there on every server. */
    Connection maintenance() throws SQLException {
        try {
            return connect("postgres", "");
        } catch (SQLException e) {
            boolean noSuchDatabase = "3D000".equals(e.getSQLState());
            if (noSuchDatabase) {
                return connect("template1", "");
            }
            throw e;
        }
    }

    /** What an exception of the server means. */
    RestoreException failed(String what, SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        FailureCategory category = switch (state.length() < 2 ? "" : state.substring(0, 2)) {
            case "08" -> FailureCategory.CONNECTION;
            case "28" -> FailureCategory.AUTHENTICATION;
            case "42" -> state.equals("42501") ? FailureCategory.PERMISSION : FailureCategory.SERVER_ERROR;
            default -> FailureCategory.SERVER_ERROR;
        };
        return new RestoreException(
                category,
                what + " failed on " + host + ":" + port + " as " + user + ": " + e.getMessage() + ".",
                "the user has to be able to connect, and to make databases and roles.",
                e);
    }
}

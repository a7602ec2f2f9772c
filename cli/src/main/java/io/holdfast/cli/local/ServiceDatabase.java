package io.holdfast.cli.local;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** The PostgreSQL that the services keep their state in: loopback only, passwords (SCRAM), durable, small. */
final class ServiceDatabase implements Part {
    static final String USER = "holdfast";
    private static final String NAME = "holdfast";

    private final InstanceFolder folder;
    private final LocalSecrets secrets;
    private final int port;

    ServiceDatabase(InstanceFolder folder, LocalSecrets secrets, int port) {
        this.folder = folder;
        this.secrets = secrets;
        this.port = port;
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + NAME;
    }

    @Override
    public String name() {
        return "database";
    }

    @Override
    public Launch prepare() throws IOException {
        PostgresCluster cluster = new PostgresCluster(
                PostgresPrograms.unpacked(folder), folder.database(), UnprivilegedUser.find(folder.root()));
        if (!cluster.exists()) {
            cluster.initialise(secrets.superuserPassword());
        }
        cluster.configure(Map.of(
                "port", Integer.toString(port),
                "max_connections", "120",
                "shared_buffers", "32MB",
                "max_wal_size", "256MB",
                "jit", "off"));
        return cluster.launch();
    }

    @Override
    public boolean isReady() throws IOException {
        try (Connection connection = connect()) {
            return connection.isValid(1);
        } catch (SQLException e) {
            // Not yet.
            return false;
        }
    }

    private Connection connect() throws IOException, SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres", "postgres", secrets.superuserPassword());
    }

    /** The services' role and database; made again where an earlier start was cut short. */
    @Override
    public void onceReady() throws IOException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            if (!exists(statement, "select 1 from pg_roles where rolname = '" + USER + "'")) {
                statement.execute("create role " + USER + " login password '" + secrets.databasePassword() + "'");
            }
            if (!exists(statement, "select 1 from pg_database where datname = '" + NAME + "'")) {
                statement.execute("create database " + NAME + " owner " + USER);
            }
        } catch (SQLException e) {
            throw new IOException("the service database on port " + port + ": " + e.getMessage(), e);
        }
    }

    private static boolean exists(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            return rows.next();
        }
    }

    /** A fast shutdown: clients are disconnected, nothing is lost. */
    @Override
    public String stopSignal() {
        return "INT";
    }
}

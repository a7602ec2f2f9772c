package io.holdfast.cli.demo;

import io.holdfast.cli.local.DeletedFolder;
import io.holdfast.cli.local.InstanceFolder;
import io.holdfast.cli.local.LoopbackPorts;
import io.holdfast.cli.local.PostgresCluster;
import io.holdfast.cli.local.PostgresPrograms;
import io.holdfast.cli.local.UnprivilegedUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The database that is going to be lost: a PostgreSQL server of its own, with a role that may back it up. */
final class SampleServer implements AutoCloseable {
    static final String DATABASE = "orders";
    static final String BACKUP_ROLE = "backup";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path folder;
    private final Path data;
    private final int port;
    private final String superuserPassword;
    private final String backupPassword;
    private final Path passwordFile;
    private @Nullable Process process;

    private SampleServer(Path folder, int port, String superuserPassword, String backupPassword) {
        this.folder = folder;
        this.data = folder.resolve("data");
        this.port = port;
        this.superuserPassword = superuserPassword;
        this.backupPassword = backupPassword;
        this.passwordFile = folder.resolve("backup-password");
    }

    /** Makes and starts the server, below the instance's folder and with its programs. */
    static SampleServer start(InstanceFolder instance, SecureRandom random)
            throws IOException, SQLException, InterruptedException {
        instance.create();
        Path folder = instance.root().resolve("sample");
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        SampleServer server =
                new SampleServer(folder, new LoopbackPorts(random).free(Set.of()), password(random), password(random));
        Files.createFile(
                server.passwordFile,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(server.passwordFile, server.backupPassword + "\n");
        PostgresCluster cluster = new PostgresCluster(
                PostgresPrograms.unpacked(instance), server.data, UnprivilegedUser.find(instance.root()));
        cluster.initialise(server.superuserPassword);
        cluster.configure(Map.of(
                "port", Integer.toString(server.port),
                "shared_buffers", "64MB",
                "max_wal_size", "512MB",
                "jit", "off"));
        ProcessBuilder builder = new ProcessBuilder(cluster.command())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(instance.log("sample").toFile());
        builder.environment().keySet().retainAll(Set.of("PATH"));
        server.process = builder.start();
        try {
            server.awaitConnections();
            server.makeDatabase();
        } catch (IOException | SQLException | InterruptedException | RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }

    private static String password(SecureRandom random) {
        byte[] bytes = new byte[18];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private void awaitConnections() throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try (Connection connection = connect("postgres")) {
                if (connection.isValid(1)) {
                    return;
                }
            } catch (SQLException e) {
                if (process == null || !process.isAlive() || System.nanoTime() > end) {
                    throw new IOException("the sample database does not start: " + e.getMessage(), e);
                }
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private void makeDatabase() throws SQLException {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + DATABASE);
            statement.execute("create role " + BACKUP_ROLE + " login replication password '" + backupPassword + "'");
            statement.execute("grant pg_read_all_data to " + BACKUP_ROLE);
        }
    }

    /** As superuser. */
    Connection connect() throws SQLException {
        return connect(DATABASE);
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/" + database, "postgres", superuserPassword);
    }

    int port() {
        return port;
    }

    /** Where {@link #BACKUP_ROLE}'s password is. */
    Path passwordFile() {
        return passwordFile;
    }

    String backupPassword() {
        return backupPassword;
    }

    /** Kills the server without warning and deletes its data directory. */
    void destroy() throws IOException, InterruptedException {
        Process running = process;
        if (running != null) {
            process = null;
            var children = running.descendants().toList();
            running.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
            running.waitFor();
            for (ProcessHandle child : children) {
                child.onExit().join();
            }
        }
        DeletedFolder.delete(data);
    }

    @Override
    public void close() throws IOException {
        try {
            destroy();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the sample database ended", e);
        }
        DeletedFolder.delete(folder);
    }
}

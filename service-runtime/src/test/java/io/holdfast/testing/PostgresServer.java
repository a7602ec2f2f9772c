package io.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server of its own for a test: a chosen major version, a data directory, a free port on 127.0.0.1, run as
 * {@code nobody} where the test runs as root.
 *
 * <pre>{@code
 * try (PostgresServer server = PostgresServer.of(17).setting("max_wal_senders", "2").start()) {
 *     server.execute("postgres", "create table t (id int)");
 * }
 * }</pre>
 *
 * <p>The superuser {@code postgres} comes in from 127.0.0.1 without a password; lines given with {@link Builder#hba} are
 * looked at first. Durability is off and memory small, for speed. Closing stops the server and removes its folder. Not
 * thread-safe.
 */
public final class PostgresServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));
    private static final String UNPRIVILEGED = "nobody";

    private final int major;
    private final Path folder;
    private final Path data;
    private final int port;
    private @Nullable Process postmaster;

    private PostgresServer(int major, Path folder, Path data, int port) {
        this.major = major;
        this.folder = folder;
        this.data = data;
        this.port = port;
    }

    /** Begins the description of a new server; {@code initdb} runs at {@link Builder#start}. */
    public static Builder of(int major) {
        return new Builder(major);
    }

    /** Describes, then starts. */
    public static final class Builder {
        private final int major;
        private final Map<String, String> settings = new LinkedHashMap<>();
        private final List<String> hba = new ArrayList<>();
        private final List<String> initdb = new ArrayList<>(List.of("--data-checksums"));

        private Builder(int major) {
            this.major = major;
            settings.put("fsync", "off");
            settings.put("shared_buffers", "32MB");
            settings.put("max_wal_size", "128MB");
            settings.put("log_min_messages", "info");
        }

        /** Adds or replaces a line of {@code postgresql.conf}; the value is quoted here. */
        public Builder setting(String name, String value) {
            settings.put(name, value);
            return this;
        }

        /** Adds a line to {@code pg_hba.conf}, before those that trust 127.0.0.1. */
        public Builder hba(String line) {
            hba.add(line);
            return this;
        }

        /** Adds an argument for {@code initdb}, such as {@code --wal-segsize=1}. */
        public Builder initdb(String argument) {
            initdb.add(argument);
            return this;
        }

        /** Switches TLS on with PEM texts. {@code root} are the authorities that client certificates are checked against. */
        public Builder tls(String certificate, String key, String root) {
            files.put("server.crt", certificate);
            files.put("server.key", key);
            files.put("root.crt", root);
            return setting("ssl", "on").setting("ssl_ca_file", "root.crt");
        }

        private final Map<String, String> files = new LinkedHashMap<>();

        /** Runs {@code initdb} in a fresh folder and starts the server; returns once it accepts connections. */
        public PostgresServer start() {
            try {
                Path folder = freshFolder();
                PostgresServer server = new PostgresServer(major, folder, folder.resolve("data"), freePort());
                server.initialise(initdb);
                for (Map.Entry<String, String> file : files.entrySet()) {
                    server.write(file.getKey(), file.getValue());
                }
                server.configure(settings, hba);
                server.start();
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /**
         * Starts a server on files that are there already, such as a restored backup. They are given to the unprivileged
         * user; configuration is written anew; {@code initdb} arguments are not used. The files outlive the server.
         */
        public PostgresServer startOn(Path data) {
            try {
                PostgresServer server = new PostgresServer(major, freshFolder(), data, freePort());
                server.configure(settings, hba);
                server.start();
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    public int major() {
        return major;
    }

    public int port() {
        return port;
    }

    public Path dataDirectory() {
        return data;
    }

    /** A folder for tablespaces and such, open to the server, removed with it. */
    public Path newFolder(String name) {
        try {
            Path fresh = Files.createDirectory(folder.resolve(name));
            give(fresh);
            return fresh;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** Opens a connection as superuser. */
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(database), "postgres", "");
    }

    /** Runs statements as superuser, each for itself (outside of a transaction). */
    public void execute(String database, String... statements) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("PostgreSQL " + major + ": " + e.getMessage(), e);
        }
    }

    /** The first column of the first row, as text. */
    public String query(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            if (!rows.next()) {
                throw new IllegalStateException("no row for " + sql);
            }
            return String.valueOf(rows.getString(1));
        } catch (SQLException e) {
            throw new IllegalStateException("PostgreSQL " + major + ": " + e.getMessage(), e);
        }
    }

    /** What the server has written to its log since it was made. */
    public String log() {
        try {
            return Files.readString(folder.resolve("server.log"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops at once with everything that hangs on it, as a crash would (SIGKILL to the postmaster). */
    public void kill() {
        Process running = postmaster;
        if (running == null) {
            return;
        }
        postmaster = null;
        // Orphans would notice only by and by, and hold the shared memory that the next start needs.
        List<ProcessHandle> children = running.descendants().toList();
        await("the killed server to end", running.destroyForcibly());
        for (ProcessHandle child : children) {
            child.destroyForcibly();
            child.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        }
    }

    /** Stops in an orderly way, disconnecting clients (SIGINT: a fast shutdown). Does nothing where it does not run. */
    public void stop() {
        Process running = postmaster;
        if (running == null) {
            return;
        }
        postmaster = null;
        try {
            run(List.of("kill", "-INT", Long.toString(running.pid())));
        } catch (IllegalStateException e) {
            running.destroyForcibly();
        }
        await("the server to stop", running);
    }

    /** Starts the server again after {@link #stop} or {@link #kill}. */
    public void start() {
        List<String> command = new ArrayList<>(asUnprivileged());
        command.add(program("postgres"));
        command.addAll(List.of("-D", data.toString(), "-p", Integer.toString(port)));
        try {
            Files.deleteIfExists(data.resolve("postmaster.pid"));
            give(data);
            Process started = new ProcessBuilder(command)
                    .directory(data.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("server.log").toFile()))
                    .start();
            postmaster = started;
            awaitReady(started);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stop();
        TestFolders.delete(folder);
    }

    private void initialise(List<String> arguments) throws IOException {
        Files.createDirectory(data);
        give(data);
        List<String> command = new ArrayList<>(asUnprivileged());
        command.add(program("initdb"));
        command.addAll(List.of(
                "-D", data.toString(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"));
        command.addAll(arguments);
        run(command);
    }

    private void configure(Map<String, String> settings, List<String> hba) throws IOException {
        StringBuilder conf = new StringBuilder("listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\n");
        settings.forEach((name, value) -> conf.append(name)
                .append(" = '")
                .append(value.replace("'", "''"))
                .append("'\n"));
        write("postgresql.conf", conf.toString());
        List<String> lines = new ArrayList<>(hba);
        lines.add("host all all 127.0.0.1/32 trust");
        lines.add("host replication all 127.0.0.1/32 trust");
        write("pg_hba.conf", String.join("\n", lines) + "\n");
    }

    private void write(String name, String text) throws IOException {
        Path file = data.resolve(name);
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        give(file);
    }

    private void awaitReady(Process started) throws IOException {
        Path status = data.resolve("postmaster.pid");
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            if (!started.isAlive()) {
                throw new IllegalStateException("PostgreSQL " + major + " ended at its start:\n" + log());
            }
            // The eighth line tells the state; it is padded with blanks.
            List<String> lines = Files.exists(status) ? Files.readAllLines(status) : List.of();
            String state = lines.size() >= 8 ? lines.get(7).strip() : "";
            if (state.equals("ready") || state.equals("standby")) {
                return;
            }
            pause();
        }
        started.destroyForcibly();
        throw new IllegalStateException("PostgreSQL " + major + " was not ready in " + PATIENCE + ":\n" + log());
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for PostgreSQL", e);
        }
    }

    private static void await(String what, Process process) {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("waited in vain for " + what);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + what, e);
        }
    }

    private String program(String name) {
        return PostgresBinaries.of(major).resolve("bin").resolve(name).toString();
    }

    private static List<String> asUnprivileged() {
        // setpriv replaces itself by the program, so that the process id is the server's own.
        return ROOT
                ? List.of("setpriv", "--reuid=" + UNPRIVILEGED, "--regid=nogroup", "--clear-groups", "--")
                : List.of();
    }

    // Links are followed: tablespaces lie behind them.
    private static void give(Path path) throws IOException {
        if (!ROOT) {
            return;
        }
        UserPrincipal owner =
                path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(UNPRIVILEGED);
        try (Stream<Path> all = Files.walk(path, FileVisitOption.FOLLOW_LINKS)) {
            for (Path each : all.toList()) {
                Files.setOwner(each, owner);
            }
        }
    }

    private static Path freshFolder() throws IOException {
        return TestFolders.make("postgres");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + " failed:\n" + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command.getFirst(), e);
        }
    }
}

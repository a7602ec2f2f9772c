package io.holdfast.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** A PostgreSQL server on a data directory of ours. As root it runs as {@code postgres} or {@code nobody}. */
final class Cluster implements AutoCloseable {
    private final Path programs;
    private final Path data;
    private final Path logs;
    private final int port;
    private final List<String> asServer;

    private Cluster(Path programs, Path data, Path logs, int port, List<String> asServer) {
        this.programs = programs;
        this.data = data;
        this.logs = logs;
        this.port = port;
        this.asServer = asServer;
    }

    /** A cluster below {@code work}; nothing runs yet. */
    static Cluster at(Path data, int major, Path work, Path root) throws IOException, InterruptedException {
        Path logs = Files.createDirectories(work.resolve("log"));
        return new Cluster(programs(major, work, root), data, logs, freePort(), asServer(work));
    }

    private static List<String> asServer(Path work) throws IOException, InterruptedException {
        if (!System.getProperty("user.name").equals("root")) {
            return List.of();
        }
        String passwd = Files.readString(Path.of("/etc/passwd"));
        String user = passwd.lines().anyMatch(line -> line.startsWith("postgres:")) ? "postgres" : "nobody";
        String group = Command.of("id", "-gn", user).run(Files.createDirectories(work.resolve("log"))).strip();
        return List.of("setpriv", "--reuid=" + user, "--regid=" + group, "--clear-groups");
    }

    /** The installed server of that version, or the one that the project's tests use. */
    private static Path programs(int major, Path work, Path root) throws IOException, InterruptedException {
        Path installed = Path.of("/usr/lib/postgresql/" + major + "/bin");
        if (Files.isExecutable(installed.resolve("postgres"))) {
            return installed;
        }
        Path home = work.resolve("postgres-" + major);
        if (!Files.isExecutable(home.resolve("bin/postgres"))) {
            Path jar = root.resolve("backup-worker/target/postgres-binaries/" + major + ".jar");
            Path archive = work.resolve("postgres-" + major + ".txz");
            try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(jar))) {
                ZipEntry entry = zip.getNextEntry();
                while (entry != null && !entry.getName().endsWith(".txz")) {
                    entry = zip.getNextEntry();
                }
                Files.copy((InputStream) zip, archive);
            }
            Files.createDirectories(home);
            Command.of("tar", "-xJf", archive.toString(), "-C", home.toString()).run(work.resolve("log"));
            Files.delete(archive);
        }
        return home.resolve("bin");
    }

    void initialise() throws IOException, InterruptedException {
        ownFolder(data);
        as("initdb", "-D", data.toString(), "-U", "postgres", "-A", "trust", "--data-checksums", "-E", "UTF8", "--locale=C")
                .run(logs);
    }

    void start(List<String> settings) throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(List.of(
                "listen_addresses=127.0.0.1",
                "port=" + port,
                "unix_socket_directories=" + data,
                "shared_buffers=256MB",
                "wal_level=replica",
                "max_wal_size=8GB",
                "checkpoint_timeout=1h",
                "autovacuum=off",
                "max_locks_per_transaction=256"));
        options.addAll(settings);
        startWith(options);
    }

    /** Starts it with nothing but what its files say, and where it listens. */
    void startAsFound(List<String> settings) throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(
                List.of("listen_addresses=127.0.0.1", "port=" + port, "unix_socket_directories=" + data));
        options.addAll(settings);
        startWith(options);
    }

    private void startWith(List<String> options) throws IOException, InterruptedException {
        String text = options.stream().map(each -> "-c " + each).reduce("", (a, b) -> a + " " + b);
        as("pg_ctl", "-D", data.toString(), "-l", data.resolve("server.log").toString(), "-w", "-o", text, "start")
                .run(logs);
    }

    private Command as(String program, String... arguments) {
        List<String> words = new ArrayList<>(List.of(programs.resolve(program).toString()));
        words.addAll(List.of(arguments));
        return asUser(words.toArray(String[]::new));
    }

    /** The same programs on other files, with a port of their own. */
    Cluster on(Path other) throws IOException {
        return new Cluster(programs, other, logs, freePort(), asServer);
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    /** A program run by the server's user. */
    Command asUser(String... program) {
        List<String> words = new ArrayList<>(asServer);
        words.addAll(List.of(program));
        return Command.of(words.toArray(String[]::new));
    }

    /** An empty folder that belongs to the server's user. */
    Path ownFolder(Path folder) throws IOException, InterruptedException {
        Folders.fresh(folder);
        if (!asServer.isEmpty()) {
            Command.of("chown", asServer.get(1).substring("--reuid=".length()), folder.toString()).run(logs);
        }
        return folder;
    }

    /** The folder with {@code bin}. */
    Path installation() {
        return programs.getParent();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        as("pg_ctl", "-D", data.toString(), "-w", "-m", "fast", "stop").run(logs);
    }

    Path data() {
        return data;
    }

    int port() {
        return port;
    }

    void execute(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    String ask(String query) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres", "postgres", "");
    }

    /** User and system seconds of the server so far, those of its ended processes included. */
    double cpuSeconds() {
        try {
            return Processes.ofServer(data);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}

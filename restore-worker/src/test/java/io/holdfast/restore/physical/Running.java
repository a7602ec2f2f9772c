package io.holdfast.restore.physical;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** A restored server that was left running. */
final class Running {
    private Running() {}

    static long pid(Path dataDirectory) throws IOException {
        return Long.parseLong(
                Files.readAllLines(dataDirectory.resolve("postmaster.pid")).getFirst());
    }

    /** Stops it as an operator would who does not need its data any more. */
    static void stop(Path dataDirectory) throws Exception {
        if (!Files.exists(dataDirectory.resolve("postmaster.pid"))) {
            return;
        }
        ProcessHandle server = ProcessHandle.of(pid(dataDirectory)).orElseThrow();
        int exit = new ProcessBuilder("kill", "-QUIT", Long.toString(server.pid()))
                .start()
                .waitFor();
        assertThat(exit).isZero();
        // A child that ended counts as alive until its parent has noticed.
        server.onExit().get(30, TimeUnit.SECONDS);
    }

    /** Asks it, over the connection that was told. */
    static String query(RestoredCluster restored, String database, String sql) throws SQLException {
        String connection = Objects.requireNonNull(restored.connection());
        String port = connection.replaceAll(".*port=(\\d+).*", "$1");
        try (Connection entered = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + port + "/?PGDBNAME="
                                + java.net.URLEncoder.encode(database, java.nio.charset.StandardCharsets.UTF_8),
                        "shop",
                        "over the counter");
                Statement statement = entered.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            found.next();
            return found.getString(1);
        }
    }
}

package io.holdfast.restore.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.testing.PostgresServer;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server's user owns the data directory, and puts into it what leads a worker that is root elsewhere. */
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ForeignFilesTest {
    @TempDir
    Path folder;

    private Path data;
    private Path log;

    @BeforeEach
    void make() throws IOException {
        data = Files.createDirectory(folder.resolve("data"));
        Files.createDirectory(data.resolve(ClusterPlaces.OWN_FOLDER));
        log = data.resolve(ClusterPlaces.OWN_FOLDER).resolve("server.log");
        Files.writeString(folder.resolve("secret"), "FATAL:  what only root may read\n");
    }

    @Test
    void a_file_is_read_from_its_beginning_and_from_its_end() throws Exception {
        Files.writeString(log, "FATAL:  first\nFATAL:  second\n");

        assertThat(new String(ForeignFiles.tail(data, log, 7), StandardCharsets.UTF_8))
                .isEqualTo("second\n");
        assertThat(new String(ForeignFiles.read(data, log, 100), StandardCharsets.UTF_8))
                .startsWith("FATAL:  first");
        assertThat(new ServerLog(data, log).reason()).isEqualTo("FATAL:  first | FATAL:  second");
        assertThatThrownBy(() -> ForeignFiles.read(data, log, 5)).hasMessageContaining("longer than 5 bytes");
    }

    @Test
    void a_link_in_place_of_the_log_or_of_its_folder_is_not_followed() throws Exception {
        Files.createSymbolicLink(log, folder.resolve("secret"));
        assertThat(new ServerLog(data, log).reason())
                .doesNotContain("only root")
                .contains("cannot be read");

        // nor is one of the folder
        Files.delete(log);
        Files.delete(log.getParent());
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.move(folder.resolve("secret"), elsewhere.resolve("server.log"));
        Files.createSymbolicLink(log.getParent(), elsewhere);
        assertThat(new ServerLog(data, log).reason())
                .doesNotContain("only root")
                .contains("cannot be read");
    }

    @Test
    void a_pipe_in_place_of_a_file_holds_nobody_up() throws Exception {
        pipe(log);
        pipe(data.resolve("postmaster.pid"));
        Files.createDirectory(data.resolve("global"));
        pipe(data.resolve(ControlFile.PATH));

        assertThat(new ServerLog(data, log).reason()).contains("cannot be read");
        assertThatThrownBy(() -> ForeignFiles.read(data, data.resolve("postmaster.pid"), 100))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> ControlFile.of(data)).hasMessageContaining("cannot be read");
    }

    @Test
    void a_socket_that_leads_to_another_server_is_not_used() throws Exception {
        Path sockets = Files.createDirectory(folder.resolve("s"));
        Files.setPosixFilePermissions(sockets, java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.setPosixFilePermissions(folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        try (PostgresServer other = PostgresServer.of(17)
                .setting("unix_socket_directories", sockets.toString())
                .hba("local all all trust")
                .start()) {
            // its own socket, as a check
            try (Connection connection = new PrivateSocket(sockets, other.port(), 17, other.dataDirectory())
                    .connect("postgres", "postgres", "")) {
                assertThat(connection.isValid(5)).isTrue();
            }
            // the socket of a server of another directory
            assertThatThrownBy(() ->
                            new PrivateSocket(sockets, other.port(), 17, data).connect("postgres", "postgres", ""))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("another data directory");
            // a link to it
            Files.createSymbolicLink(data.resolve(".s.PGSQL.5432"), sockets.resolve(".s.PGSQL." + other.port()));
            assertThatThrownBy(() -> new PrivateSocket(data, 5432, 17, other.dataDirectory())
                            .connect("postgres", "postgres", ""))
                    .isInstanceOf(SQLException.class)
                    .hasRootCauseInstanceOf(SocketException.class)
                    .rootCause()
                    .hasMessageContaining("is not a socket");
        }
    }

    private static void pipe(Path path) throws Exception {
        assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor())
                .isZero();
    }
}

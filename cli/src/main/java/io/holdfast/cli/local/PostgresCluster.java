package io.holdfast.cli.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The data directory of a PostgreSQL server on loopback, made and started with given programs by an unprivileged user. */
public final class PostgresCluster {
    private final Path programs;
    private final Path data;
    private final UnprivilegedUser user;

    /**
     * @param programs the installation, with {@code bin}
     * @param data     the data directory; its parent exists
     */
    public PostgresCluster(Path programs, Path data, UnprivilegedUser user) {
        this.programs = programs;
        this.data = data;
        this.user = user;
    }

    public boolean exists() {
        return Files.isDirectory(data);
    }

    /** Runs {@code initdb}; the directory appears when it is complete. The superuser is {@code postgres}. */
    public void initialise(String superuserPassword) throws IOException {
        Path fresh = data.resolveSibling(data.getFileName() + ".new");
        DeletedFolder.delete(fresh);
        Files.createDirectory(
                fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        user.own(fresh);
        Path password = Files.createTempFile(data.getParent(), "initdb", ".password");
        try {
            Files.writeString(password, superuserPassword + "\n");
            user.own(password);
            List<String> command = new ArrayList<>(user.prefix());
            command.addAll(List.of(
                    programs.resolve("bin").resolve("initdb").toString(),
                    "--pgdata=" + fresh,
                    "--username=postgres",
                    "--pwfile=" + password,
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--data-checksums"));
            run(command);
        } finally {
            Files.deleteIfExists(password);
        }
        Files.writeString(fresh.resolve("pg_hba.conf"), """
                # Everybody comes in over loopback and with a password.
                host all         all 127.0.0.1/32 scram-sha-256
                host replication all 127.0.0.1/32 scram-sha-256
                """);
        Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Writes the settings; they hold from the next start on. */
    public void configure(Map<String, String> settings) throws IOException {
        StringBuilder text = new StringBuilder("# Written by holdfast at every start.\n")
                .append("listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\nlog_timezone = 'UTC'\n");
        new TreeMap<>(settings)
                .forEach((name, value) -> text.append(name)
                        .append(" = '")
                        .append(value.replace("'", "''"))
                        .append("'\n"));
        Path file = data.resolve("postgresql.conf");
        Files.writeString(file, text);
        user.own(file);
    }

    Launch launch() {
        return new Launch(command(), Map.of("LC_ALL", "C", "TZ", "UTC"), false, data);
    }

    /** The server's command, in the foreground; the process id is the server's own. */
    public List<String> command() {
        List<String> command = new ArrayList<>(user.prefix());
        command.addAll(List.of(programs.resolve("bin").resolve("postgres").toString(), "-D", data.toString()));
        return List.copyOf(command);
    }

    private static void run(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().retainAll(List.of("PATH"));
        builder.directory(Path.of("/").toFile());
        Process process = builder.start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException("initdb failed: " + output.strip());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while initdb ran", e);
        }
    }
}

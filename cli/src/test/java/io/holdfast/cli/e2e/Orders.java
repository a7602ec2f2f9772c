package io.holdfast.cli.e2e;

import io.holdfast.testing.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A database to back up, and how it stands in a configuration. */
final class Orders implements AutoCloseable {
    /** Looked for everywhere afterwards. */
    static final String PASSWORD = "Zq7-unmistakable-4411";

    static final int ROWS = 60_000;
    private final PostgresServer server;
    private final Path passwordFile;

    private Orders(PostgresServer server, Path passwordFile) {
        this.server = server;
        this.passwordFile = passwordFile;
    }

    /** @param megabytes about how much random data is in it */
    static Orders start(int major, Path folder, int megabytes) throws IOException {
        Path passwordFile = Files.createFile(
                folder.resolve("password-" + major),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(passwordFile, PASSWORD + "\n");
        PostgresServer server = PostgresServer.of(major)
                .setting("password_encryption", "scram-sha-256")
                .hba("host all backup 127.0.0.1/32 scram-sha-256")
                .hba("host replication backup 127.0.0.1/32 scram-sha-256")
                .start();
        server.execute(
                "postgres",
                "create role backup login replication password '" + PASSWORD + "'",
                "grant pg_read_all_data to backup",
                "create database orders");
        server.execute(
                "orders",
                "create table item as select i as id, md5(i::text) as code from generate_series(1, " + ROWS + ") i",
                "create table ballast as select i, (select string_agg(md5(random()::text || i || n), '')"
                        + " from generate_series(1, 240) n) as text from generate_series(1, " + megabytes * 128 + ") i",
                "checkpoint");
        return new Orders(server, passwordFile);
    }

    PostgresServer server() {
        return server;
    }

    /** As a target of a configuration, two levels deep. */
    String target(String name) {
        return target(name, server.port(), password());
    }

    /** As one whose backups lie in another repository than {@code main}. */
    String target(String name, String repository) {
        return target(name, server.port(), password(), "", repository);
    }

    /** As one that is read slowly: {@code 8MB} a second. */
    String slowTarget(String name, String rate) {
        return target(name, server.port(), password(), ", max_rate: " + rate, "main");
    }

    static String target(String name, int port, String password) {
        return target(name, port, password, "", "main");
    }

    private static String target(String name, int port, String password, String more, String repository) {
        return "  " + name + ":\n    postgres: { host: 127.0.0.1, port: " + port + ", user: backup, password: \""
                + password + "\"" + more + " }\n    repository: " + repository + "\n";
    }

    /** The reference to the password of the role that backs up. */
    private String password() {
        return "file:" + passwordFile;
    }

    static String configuration(Path folder, String... targets) {
        return "repositories:\n  main: { url: \"" + folder.resolve("repository").toUri() + "\" }\ntargets:\n"
                + String.join("", targets);
    }

    @Override
    public void close() {
        server.close();
    }
}

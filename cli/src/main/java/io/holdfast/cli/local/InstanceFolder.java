package io.holdfast.cli.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The one directory that holds everything of a local instance. Programs and the database's files can be entered by the
 * unprivileged user that PostgreSQL runs as; secrets cannot.
 *
 * @param root absolute
 */
public record InstanceFolder(Path root) {

    /** {@code HOLDFAST_DATA}, else {@code ~/.holdfast}; for root {@code /var/lib/holdfast}, as others may not enter /root. */
    public static InstanceFolder byDefault() {
        String chosen = System.getenv("HOLDFAST_DATA");
        if (chosen != null && !chosen.isBlank()) {
            return of(Path.of(chosen));
        }
        return of(
                "root".equals(System.getProperty("user.name"))
                        ? Path.of("/var/lib/holdfast")
                        : Path.of(System.getProperty("user.home"), ".holdfast"));
    }

    public static InstanceFolder of(Path root) {
        return new InstanceFolder(root.toAbsolutePath().normalize());
    }

    /** Makes the folder and those below it that everybody may enter. */
    public void create() throws IOException {
        createOpen(root);
        createOpen(logs());
        createOpen(installations());
        createOpen(work());
        Files.createDirectories(run());
    }

    private static void createOpen(Path folder) throws IOException {
        boolean fresh = !Files.exists(folder, LinkOption.NOFOLLOW_LINKS);
        Files.createDirectories(folder);
        if (fresh) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    public Path logs() {
        return root.resolve("logs");
    }

    public Path log(String part) {
        return logs().resolve(part + ".log");
    }

    /** One file per process that runs. */
    public Path run() {
        return root.resolve("run");
    }

    public Path secrets() {
        return root.resolve("secrets");
    }

    /** PostgreSQL's programs, a folder per major version. */
    public Path installations() {
        return root.resolve("postgres");
    }

    public Path database() {
        return root.resolve("database");
    }

    public Path kafka() {
        return root.resolve("kafka");
    }

    /** Scratch space of the services. */
    public Path work() {
        return root.resolve("work");
    }

    /** Scratch space of one of the services. */
    Path work(ServiceProgram program) {
        return work().resolve(program.module());
    }

    /** Where the restore-worker lists the servers that it started. */
    Path restoredServers() {
        return work(ServiceProgram.RESTORE_WORKER).resolve("servers");
    }

    public Path settings() {
        return root.resolve("settings.json");
    }

    /** Where and how the commands find the running instance. */
    public Path connection() {
        return root.resolve("connection.json");
    }

    /** Held while an instance is started or stopped. */
    public Path lock() {
        return root.resolve("lock");
    }

    /** The configuration that the instance was last started with. */
    public Path configuration() throws IOException {
        return LocalSettings.read(settings())
                .map(settings -> Path.of(settings.configuration()))
                .orElseGet(this::ownConfiguration);
    }

    /** The configuration of an instance that was given none. */
    public Path ownConfiguration() {
        return root.resolve("holdfast.yaml");
    }
}

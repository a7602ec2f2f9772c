package io.holdfast.cli.demo;

import io.holdfast.cli.local.ConnectionDetails;
import io.holdfast.cli.local.DeletedFolder;
import io.holdfast.cli.local.InstanceFolder;
import io.holdfast.cli.local.LocalMode;
import io.holdfast.cli.local.UpRequest;
import io.holdfast.cli.output.CommandFailure;
import io.holdfast.cli.output.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the demo stands on: a folder of its own with a local instance and the sample database. Closing stops all of it and
 * removes the folder, whenever it is called, from any thread, once.
 */
final class DemoGround implements AutoCloseable {
    private final InstanceFolder folder;
    private final LocalMode local;
    private @Nullable SampleServer sample;
    private boolean closed;

    DemoGround(InstanceFolder folder, LocalMode local) {
        this.folder = folder;
        this.local = local;
    }

    /**
     * A fresh folder that other users may enter, for PostgreSQL may run as one of them.
     *
     * @param wanted a folder that is empty or not there yet; empty: one below the temporary directory
     */
    static InstanceFolder freshFolder(Optional<Path> wanted) throws IOException, CommandFailure {
        if (wanted.isPresent()) {
            Path folder = Files.createDirectories(wanted.get().toAbsolutePath());
            try (Stream<Path> children = Files.list(folder)) {
                if (children.findAny().isPresent()) {
                    throw new CommandFailure(
                            ExitCode.USAGE,
                            folder + " is not empty, and the demo removes its folder at the end",
                            "name a fresh one with --data, or none");
                }
            }
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            return InstanceFolder.of(folder);
        }
        Path fresh = Files.createTempDirectory("holdfast-demo-");
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
        return InstanceFolder.of(fresh);
    }

    InstanceFolder folder() {
        return folder;
    }

    /** Takes the sample database into care; refused once this is closed. */
    synchronized void keep(SampleServer server) throws IOException {
        if (closed) {
            server.close();
            throw new IOException("the demo was stopped");
        }
        sample = server;
    }

    /** Starts broker, database and services with the sample as their one target. */
    ConnectionDetails up(SampleServer server) throws IOException, CommandFailure {
        Files.writeString(folder.ownConfiguration(), """
                repositories:
                  main: { url: "%s" }
                targets:
                  orders:
                    postgres: { host: 127.0.0.1, port: %d, user: %s, password: "file:%s" }
                    repository: main
                """.formatted(
                        folder.root().resolve("repository").toUri(),
                        server.port(),
                        SampleServer.BACKUP_ROLE,
                        server.passwordFile()));
        return local.up(new UpRequest(
                OptionalInt.empty(),
                Optional.of(folder.ownConfiguration()),
                List.of(folder.root()),
                List.of(),
                Duration.ofMinutes(3)));
    }

    @Override
    public synchronized void close() throws IOException, CommandFailure {
        if (closed) {
            return;
        }
        closed = true;
        try {
            local.down();
        } finally {
            if (sample != null) {
                sample.close();
            }
            DeletedFolder.delete(folder.root());
        }
    }
}

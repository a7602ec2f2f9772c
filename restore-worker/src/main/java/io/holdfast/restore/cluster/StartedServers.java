package io.holdfast.restore.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/**
 * Keeps a list of the restored servers that this worker started and did not stop, a small file each: they outlive the
 * worker, and whoever takes the host's Holdfast down has to find them even when the worker is dead. The first line is the
 * server's process id, or {@code starting}; the rest is its data directory. Thread safe for different directories.
 */
public final class StartedServers {
    private static final String STARTING = "starting";

    private final Path folder;

    /** @param folder made when first needed */
    public StartedServers(Path folder) {
        this.folder = folder;
    }

    /** To be called before the start, so that no server runs that is not listed. */
    void starting(Path dataDirectory) throws IOException {
        Files.createDirectories(folder);
        write(dataDirectory, STARTING);
    }

    void started(Path dataDirectory, long pid) throws IOException {
        write(dataDirectory, Long.toString(pid));
    }

    void ended(Path dataDirectory) throws IOException {
        Files.deleteIfExists(file(dataDirectory));
    }

    private void write(Path dataDirectory, String state) throws IOException {
        Path file = file(dataDirectory);
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, state + "\n" + dataDirectory);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private Path file(Path dataDirectory) {
        byte[] name = dataDirectory.toString().getBytes(StandardCharsets.UTF_8);
        return folder.resolve(UUID.nameUUIDFromBytes(name) + ".server");
    }
}

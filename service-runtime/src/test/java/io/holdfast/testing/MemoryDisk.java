package io.holdfast.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** A small file system in memory. Mounting needs root and the right to mount; tests are skipped, visibly, without. */
public final class MemoryDisk implements AutoCloseable {
    private final Path path;

    private MemoryDisk(Path path) {
        this.path = path;
    }

    /** Mounts an empty one of that size at a folder, which is made where it is missing. */
    public static MemoryDisk mounted(Path path, int megabytes) throws IOException {
        Files.createDirectories(path);
        String refused = run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", path.toString());
        Assumptions.assumeTrue(refused.isEmpty(), "no file system can be mounted here: " + refused);
        return new MemoryDisk(path);
    }

    public Path path() {
        return path;
    }

    /** Whether writing is refused. No file on it may be open for writing when that begins. */
    public void readOnly(boolean on) throws IOException {
        String refused = run("mount", "-o", "remount," + (on ? "ro" : "rw"), path.toString());
        if (!refused.isEmpty()) {
            throw new IOException(refused);
        }
    }

    /** What the program complains of; empty if all went well. */
    private static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            return process.waitFor() == 0 ? "" : "failed: " + output;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + command[0], e);
        }
    }

    @Override
    public void close() throws IOException {
        String refused = run("umount", path.toString());
        if (!refused.isEmpty()) {
            throw new IOException(refused);
        }
    }
}

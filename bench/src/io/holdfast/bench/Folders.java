package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Folders, and what the kernel keeps of them. */
final class Folders {
    private Folders() {}

    static void remove(Path folder) throws IOException, InterruptedException {
        if (Files.exists(folder)) {
            Command.of("rm", "-rf", folder.toString()).run(Files.createDirectories(folder.resolveSibling("log")));
        }
    }

    static Path fresh(Path folder) throws IOException, InterruptedException {
        remove(folder);
        return Files.createDirectories(folder);
    }

    /** Lengths of all files, summed. */
    static long bytes(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
        }
    }

    /** Everything is on the disk and, where we may, nothing in memory: each run begins alike. */
    static boolean coolDown(Path folder) throws IOException, InterruptedException {
        Command.of("sync").run(folder);
        Path drop = Path.of("/proc/sys/vm/drop_caches");
        if (Files.isWritable(drop)) {
            try {
                Files.writeString(drop, "3");
                return true;
            } catch (IOException e) {
                return false; // A container without the right to.
            }
        }
        return false;
    }
}

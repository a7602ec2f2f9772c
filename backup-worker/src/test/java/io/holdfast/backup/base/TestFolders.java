package io.holdfast.backup.base;

import java.io.IOException;
import java.nio.file.Path;

/** Folders that an unprivileged server can reach, which JUnit's own are not. */
final class TestFolders {
    private TestFolders() {}

    static Path open() throws IOException {
        return io.holdfast.testing.TestFolders.make("backup");
    }

    static void remove(Path folder) {
        io.holdfast.testing.TestFolders.delete(folder);
    }
}

package io.holdfast.restore.physical;

import io.holdfast.restore.cluster.ControlFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/**
 * A cluster's {@code global/pg_control} under another name: no server starts without it, so none takes an unfinished
 * directory for a finished one. For one thread.
 */
final class ControlFileAside {
    private static final String BEHIND = ".holdfast-aside";

    private final Path file;
    private final Path aside;
    private final boolean moved;

    private ControlFileAside(Path file, Path aside, boolean moved) {
        this.file = file;
        this.aside = aside;
        this.moved = moved;
    }

    /** Moves it, durably, if there is one. A directory that is a link is not looked into. */
    static ControlFileAside in(Path dataDirectory) throws IOException {
        Path file = dataDirectory.resolve(ControlFile.PATH);
        Path directory = parent(file);
        Path aside = file.resolveSibling(file.getFileName() + BEHIND);
        boolean moved = Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                && Files.exists(file, LinkOption.NOFOLLOW_LINKS);
        if (moved) {
            Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
            RestoreMarker.sync(directory);
        }
        return new ControlFileAside(file, aside, moved);
    }

    /** Undoes what was done in a directory before, also where that has another name by now. Does nothing where it was not. */
    static void putBackIn(Path dataDirectory) throws IOException {
        Path file = dataDirectory.resolve(ControlFile.PATH);
        Path directory = parent(file);
        Path aside = file.resolveSibling(file.getFileName() + BEHIND);
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                && Files.exists(aside, LinkOption.NOFOLLOW_LINKS)
                && !Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
            RestoreMarker.sync(directory);
        }
    }

    /** Undoes it; says whether there was anything to undo. */
    boolean putBack() throws IOException {
        if (moved) {
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
            RestoreMarker.sync(parent(file));
        }
        return moved;
    }

    /** It will not be needed any more. */
    void forget() throws IOException {
        if (moved) {
            Files.delete(aside);
        }
    }

    private static Path parent(Path file) {
        return Objects.requireNonNull(file.getParent(), "it lies in a directory");
    }
}

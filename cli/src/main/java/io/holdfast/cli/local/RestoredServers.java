package io.holdfast.cli.local;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The servers that restores of this instance started and left running, as the restore-worker lists them in its work
 * directory: a file each, of which the first line is the process id, or {@code starting}, and the rest the data directory.
 *
 * @param folder where the list is; need not exist
 */
record RestoredServers(Path folder) {
    private static final String STARTING = "starting";

    /**
     * Those of them that run. A server that somebody started later on the same directory is not one of them: it has
     * another id.
     */
    Set<ProcessIdentity> running() throws IOException {
        Set<ProcessIdentity> found = new LinkedHashSet<>();
        for (Path file : files()) {
            found.addAll(running(file));
        }
        return found;
    }

    /** Forgets those that do not run any more. */
    void tidy() throws IOException {
        for (Path file : files()) {
            if (running(file).isEmpty()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static Set<ProcessIdentity> running(Path file) throws IOException {
        String[] listed;
        try {
            listed = Files.readString(file).split("\n", 2);
        } catch (NoSuchFileException e) {
            // The worker has seen its end meanwhile.
            return Set.of();
        }
        if (listed.length < 2) {
            return Set.of();
        }
        Set<ProcessIdentity> there = ProcessIdentity.workingIn(Path.of(listed[1]));
        if (listed[0].equals(STARTING)) {
            // The worker died before it could note more, in the very moment of the start.
            return there;
        }
        Optional<ProcessIdentity> server = ProcessIdentity.of(Long.parseLong(listed[0]));
        return server.filter(there::contains).map(Set::of).orElse(Set.of());
    }

    private Set<Path> files() throws IOException {
        Set<Path> files = new LinkedHashSet<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, "*.server")) {
                all.forEach(files::add);
            }
        }
        return files;
    }
}

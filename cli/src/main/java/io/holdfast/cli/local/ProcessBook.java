package io.holdfast.cli.local;

import io.holdfast.cli.output.Json;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which processes belong to the instance: one file per process that was started, named by part and process id, kept until
 * nothing of its session runs. So a later command finds what an earlier one started, and also what a dead part left
 * behind, such as a restored server that was to be kept running.
 */
final class ProcessBook {
    private final Path folder;

    ProcessBook(Path folder) {
        this.folder = folder;
    }

    void enter(String part, ProcessIdentity process) throws IOException {
        PrivateFiles.replace(folder.resolve(part + "." + process.pid() + ".json"), Json.line(process));
    }

    /** The process of a part, if it runs. */
    Optional<ProcessIdentity> running(String part) throws IOException {
        for (Path file : files(part + ".*.json")) {
            ProcessIdentity process = read(file);
            if (process.isAlive()) {
                return Optional.of(process);
            }
        }
        return Optional.empty();
    }

    /** Everything that runs in any session the part's processes led, other than a living leader itself. */
    Set<ProcessIdentity> followers(String part) throws IOException {
        Set<ProcessIdentity> followers = new LinkedHashSet<>();
        for (Path file : files(part + ".*.json")) {
            ProcessIdentity leader = read(file);
            followers.addAll(leader.session());
            followers.remove(leader);
        }
        return followers;
    }

    /** Removes the entries of which nothing runs any more. */
    void tidy() throws IOException {
        for (Path file : files("*.json")) {
            if (read(file).session().isEmpty()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private List<Path> files(String glob) throws IOException {
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, glob)) {
                all.forEach(found::add);
            }
        }
        return found;
    }

    private static ProcessIdentity read(Path file) throws IOException {
        return Json.MAPPER.readValue(file.toFile(), ProcessIdentity.class);
    }
}

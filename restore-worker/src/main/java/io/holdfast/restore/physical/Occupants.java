package io.holdfast.restore.physical;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.cluster.ClusterPlaces;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Who works in the directories of a cluster: a server, one of its processes that outlived it, or anybody who has a file of it
 * open. Sees what {@code /proc} shows: as root everybody of this host and of the containers below it.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc.5.html">proc(5)</a>
 */
final class Occupants {
    private static final Path PROC = Path.of("/proc");
    private static final long PAUSE_MILLIS = 100;

    private Occupants() {}

    /**
     * Makes sure that there is nobody.
     *
     * @throws RestoreException {@code destination}, naming a process
     */
    static void refuse(ClusterPlaces places) throws RestoreException, IOException {
        requireNoServer(places);
        refuse(places, true);
    }

    /**
     * Gives the processes of a server that was stopped some time to end. Who else has a file open does not count.
     *
     * @throws RestoreException {@code destination} if one is still there
     */
    static void awaitNoServer(ClusterPlaces places, Duration patience)
            throws RestoreException, IOException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                refuse(places, false);
                return;
            } catch (RestoreException occupied) {
                if (System.nanoTime() - end >= 0) {
                    throw occupied;
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        }
    }

    private static void refuse(ClusterPlaces places, boolean openFiles) throws RestoreException, IOException {
        long self = ProcessHandle.current().pid();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (!process.getFileName().toString().equals(Long.toString(self))) {
                    Optional<String> what = occupied(process, places, openFiles);
                    if (what.isPresent()) {
                        throw refused(places, name(process) + " " + what.get());
                    }
                }
            }
        }
    }

    /** What {@code postmaster.pid} names, where it cannot be seen what that process does. */
    private static void requireNoServer(ClusterPlaces places) throws RestoreException, IOException {
        if (!Files.isRegularFile(places.lockFile(), LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        long pid;
        try {
            List<String> lines = Files.readAllLines(places.lockFile(), StandardCharsets.ISO_8859_1);
            pid = lines.isEmpty() ? 0 : Math.abs(Long.parseLong(lines.getFirst().strip()));
        } catch (NumberFormatException damaged) {
            return; // what works there is found by its files
        }
        Path process = PROC.resolve(Long.toString(pid));
        if (pid > 0
                && Files.isDirectory(process)
                && link(process.resolve("cwd")).isEmpty()) {
            throw refused(places, name(process) + " stands in postmaster.pid, and what it does cannot be seen");
        }
    }

    private static Optional<String> occupied(Path process, ClusterPlaces places, boolean openFiles) {
        Optional<Path> cwd = link(process.resolve("cwd"));
        if (cwd.isPresent() && isServer(process) && isWithin(cwd.get(), places)) {
            return Optional.of("is at work in " + cwd.get());
        }
        return openFiles ? openFile(process, places) : Optional.empty();
    }

    private static Optional<String> openFile(Path process, ClusterPlaces places) {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path each : open) {
                Optional<Path> file = link(each);
                if (file.isPresent() && isWithin(file.get(), places)) {
                    return Optional.of("has " + file.get() + " open");
                }
            }
        } catch (IOException | DirectoryIteratorException goneOrNotOurs) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    /** An operator's shell may stand in the directory; a server's process that does is at work. */
    private static boolean isServer(Path process) {
        try {
            return Files.readString(process.resolve("comm")).startsWith("post");
        } catch (IOException gone) {
            return false;
        }
    }

    private static boolean isWithin(Path path, ClusterPlaces places) {
        return places.all().stream().anyMatch(path::startsWith);
    }

    private static Optional<Path> link(Path link) {
        try {
            return Optional.of(Files.readSymbolicLink(link));
        } catch (IOException | RuntimeException goneOrNotOurs) {
            return Optional.empty();
        }
    }

    private static String name(Path process) {
        try {
            return "process " + process.getFileName() + " ("
                    + Files.readString(process.resolve("comm")).strip() + ")";
        } catch (IOException gone) {
            return "process " + process.getFileName();
        }
    }

    private static RestoreException refused(ClusterPlaces places, String who) {
        return new RestoreException(
                FailureCategory.DESTINATION,
                places.dataDirectory() + " is in use: " + who + ".",
                "stop the server (pg_ctl -D DIR -m fast stop) and whoever else has its files open; nothing was changed.");
    }
}

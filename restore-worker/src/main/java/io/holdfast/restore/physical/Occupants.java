package io.holdfast.restore.physical;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.cluster.ClusterPlaces;
import io.holdfast.restore.cluster.ForeignFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who works in the directories of a cluster: a server, one of its processes that outlived it, or anybody who has a file of it
 * open. Sees what {@code /proc} shows: as root everybody of this host and of the containers below it.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc.5.html">proc(5)</a>
 */
final class Occupants {
    private static final int LONGEST_LOCK_FILE = 1 << 16;
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
        Set<Long> trusted = new HashSet<>(List.of(0L, uid(PROC.resolve("self"))));
        Map<Object, Use> used = new HashMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (!process.getFileName().toString().equals(Long.toString(self))) {
                    note(process, trusted, openFiles, used);
                }
            }
        }
        for (Path each : places.all()) {
            if (!used.isEmpty() && Files.isDirectory(each)) {
                refuse(places, each.toRealPath(), used);
            }
        }
    }

    /** What a process does with a file or directory, to be said of the path by which we know that. */
    private record Use(Path process, String how) {
        String of(Path path) {
            return name(process) + " " + how.formatted(path);
        }
    }

    /**
     * Files are told by device and number: another mount namespace, such as a container's, has other paths for them. They
     * are looked for in the directories, rather than the other way round, since directories may hold a million.
     */
    private static void refuse(ClusterPlaces places, Path top, Map<Object, Use> used)
            throws RestoreException, IOException {
        List<String> found = new ArrayList<>();
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return look(directory, attributes);
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                return look(file, attributes);
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException goneOrNotOurs) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException goneOrNotOurs) {
                return FileVisitResult.CONTINUE;
            }

            private FileVisitResult look(Path path, BasicFileAttributes attributes) {
                Use use = used.get(attributes.fileKey());
                if (use == null) {
                    return FileVisitResult.CONTINUE;
                }
                found.add(use.of(path));
                return FileVisitResult.TERMINATE;
            }
        });
        if (!found.isEmpty()) {
            throw refused(places, found.getFirst());
        }
    }

    /** An operator's shell may stand in the directory; a server's process that does is at work, and root trusts no other. */
    private static void note(Path process, Set<Long> trusted, boolean openFiles, Map<Object, Use> used) {
        if (isServer(process) || !trusted.contains(uid(process))) {
            identity(process.resolve("cwd")).ifPresent(file -> used.put(file, new Use(process, "is at work in %s")));
        }
        if (openFiles) {
            try (DirectoryStream<Path> open = Files.newDirectoryStream(process.resolve("fd"))) {
                for (Path each : open) {
                    if (link(each).filter(Path::isAbsolute).isPresent()) {
                        identity(each).ifPresent(file -> used.put(file, new Use(process, "has %s open")));
                    }
                }
            } catch (IOException | DirectoryIteratorException goneOrNotOurs) {
                // What cannot be seen does not count.
            }
        }
    }

    /** Device and number; empty if it has gone, or may not be looked at. */
    private static Optional<Object> identity(Path link) {
        try {
            return Optional.ofNullable(
                    Files.readAttributes(link, BasicFileAttributes.class).fileKey());
        } catch (IOException goneOrNotOurs) {
            return Optional.empty();
        }
    }

    /** What {@code postmaster.pid} names, where it cannot be seen what that process does. */
    private static void requireNoServer(ClusterPlaces places) throws RestoreException, IOException {
        if (!Files.isRegularFile(places.lockFile(), LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        long pid;
        try {
            byte[] text = ForeignFiles.read(places.dataDirectory(), places.lockFile(), LONGEST_LOCK_FILE);
            List<String> lines =
                    new String(text, StandardCharsets.ISO_8859_1).lines().toList();
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

    private static boolean isServer(Path process) {
        try {
            return Files.readString(process.resolve("comm")).startsWith("post");
        } catch (IOException gone) {
            return false;
        }
    }

    /** As whom a process acts; {@code /proc} itself may belong to root where a process does not. -1 if it has gone. */
    private static long uid(Path process) {
        try (Stream<String> lines = Files.lines(process.resolve("status"), StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.startsWith("Uid:"))
                    .map(line -> Long.parseLong(line.split("\\s+", -1)[2]))
                    .findFirst()
                    .orElse(-1L);
        } catch (IOException | UncheckedIOException gone) {
            return -1;
        }
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

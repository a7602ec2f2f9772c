package io.holdfast.restore.physical;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.RestoreId;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.cluster.ClusterPlaces;
import io.holdfast.restore.cluster.ControlFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The cluster that lay where a restore goes, moved aside whole: each of its directories under another name beside, on the same
 * file system, so that each is at one of two places at any time. What was begun can be gone on with, or undone, by whoever
 * comes next. For one thread.
 */
final class KeptAside {
    private final Path dataDirectory;
    private final RestoreId restore;
    private final List<Path> places;

    /**
     * @param dataDirectory of the cluster
     * @param restore for which it is kept
     * @param places where its directories lay, the data directory first; none: nothing is kept
     */
    KeptAside(Path dataDirectory, RestoreId restore, List<Path> places) {
        this.dataDirectory = dataDirectory;
        this.restore = restore;
        this.places = List.copyOf(places);
    }

    /** Whether a restore is to keep what lies in its destination: what an earlier one left unfinished is of no use. */
    static boolean isWanted(PhysicalRequest request, Destination destination) {
        return request.delta()
                && request.safetyBackup()
                && Files.exists(destination.dataDirectory().resolve(ControlFile.PATH), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Makes sure that the directories of a cluster can be moved. Changes nothing.
     *
     * @param major of the cluster
     * @throws RestoreException {@code destination} if not
     */
    static void require(ClusterPlaces places, int major) throws RestoreException, IOException {
        for (Path each : places.all()) {
            if (!Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            Object above = Files.getAttribute(parent(each), "unix:dev", LinkOption.NOFOLLOW_LINKS);
            if (!above.equals(Files.getAttribute(each, "unix:dev", LinkOption.NOFOLLOW_LINKS))) {
                throw refused(each + " cannot be moved aside: something is mounted there.", null);
            }
        }
        for (Path each : places.tablespaces()) {
            if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)
                    && !FileTree.isEmpty(each)
                    && SharedTop.of(each, major).isPresent()) {
                throw refused(each + " cannot be moved aside: it holds more than this cluster's tablespace.", null);
            }
        }
    }

    static RestoreException refused(String message, @Nullable Exception cause) {
        return new RestoreException(
                FailureCategory.DESTINATION,
                message,
                "make a copy yourself and restore without a safety backup, or restore into another directory; nothing was"
                        + " changed.",
                cause);
    }

    /** Where one of them is kept. */
    private Path aside(Path place) {
        return place.resolveSibling(place.getFileName() + ".before-" + restore);
    }

    /** Whether there is anything to keep. */
    boolean any() {
        return !places.isEmpty();
    }

    /** Whether something is to be kept, and nothing of it was moved. The data directory is moved first. */
    boolean isUntouched() {
        return any() && !Files.exists(aside(places.getFirst()), LinkOption.NOFOLLOW_LINKS);
    }

    /** Where they are kept now. */
    List<Path> kept() {
        return places.stream()
                .map(this::aside)
                .filter(each -> Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS))
                .toList();
    }

    /** Moves what was not moved yet, durably. A server could be started on it there. */
    void move() throws IOException {
        for (Path each : places) {
            Path aside = aside(each);
            if (!Files.exists(aside, LinkOption.NOFOLLOW_LINKS) && Files.exists(each, LinkOption.NOFOLLOW_LINKS)) {
                Files.move(each, aside, StandardCopyOption.ATOMIC_MOVE);
                RestoreMarker.sync(parent(each));
            }
        }
        if (any()) {
            lead(aside(dataDirectory), this::aside, UnaryOperator.identity());
            ControlFileAside.putBackIn(aside(dataDirectory));
        }
    }

    /** Moves everything back. What lies there by now has to have been removed. */
    void putBack() throws IOException {
        if (any() && Files.isDirectory(aside(dataDirectory), LinkOption.NOFOLLOW_LINKS)) {
            lead(aside(dataDirectory), UnaryOperator.identity(), this::aside);
        }
        for (Path each : places.reversed()) {
            Path aside = aside(each);
            if (Files.exists(aside, LinkOption.NOFOLLOW_LINKS)) {
                if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
                    Files.delete(each); // an empty one
                }
                Files.move(aside, each, StandardCopyOption.ATOMIC_MOVE);
                RestoreMarker.sync(parent(each));
            }
        }
    }

    /**
     * Lets the links of a data directory lead to where its tablespaces are. While that is done the directory is ours alone, so
     * that its owner leads us nowhere.
     */
    private void lead(Path data, UnaryOperator<Path> to, UnaryOperator<Path> from) throws IOException {
        if (places.size() < 2) {
            return;
        }
        PosixFileAttributeView top = view(data);
        PosixFileAttributes before = top.readAttributes();
        top.setOwner(Files.getOwner(Path.of("/proc/self")));
        top.setPermissions(PosixFilePermissions.fromString("rwx------"));
        try {
            Path links = data.resolve("pg_tblspc");
            if (Files.isDirectory(links, LinkOption.NOFOLLOW_LINKS)) {
                leadAll(links, to, from);
                RestoreMarker.sync(links);
            }
        } finally {
            top.setPermissions(before.permissions());
            top.setOwner(before.owner());
            top.setGroup(before.group());
        }
    }

    private void leadAll(Path links, UnaryOperator<Path> to, UnaryOperator<Path> from) throws IOException {
        List<Path> all = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(links)) {
            found.forEach(all::add);
        }
        for (Path link : all) {
            if (!Files.isSymbolicLink(link)) {
                continue;
            }
            Path leads = link.resolveSibling(Files.readSymbolicLink(link)).normalize();
            Optional<Path> place = places.stream()
                    .filter(each -> leads.equals(from.apply(each)))
                    .findFirst();
            if (place.isPresent()) {
                PosixFileAttributes before = view(link).readAttributes();
                Files.delete(link);
                Files.createSymbolicLink(link, to.apply(place.get()));
                view(link).setOwner(before.owner());
                view(link).setGroup(before.group());
            }
        }
    }

    private static PosixFileAttributeView view(Path path) {
        return Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static Path parent(Path path) {
        return Objects.requireNonNull(path.getParent(), "it lies in a directory");
    }
}

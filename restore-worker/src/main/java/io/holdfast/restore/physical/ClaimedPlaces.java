package io.holdfast.restore.physical;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.cluster.ClusterPlaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The directories that one restore has claimed: they were empty or missing, and a marker says whose they are, so that
 * exactly what was written can be removed again. For one thread.
 */
final class ClaimedPlaces {
    private final Destination destination;
    private final RestoreMarker marker;

    private ClaimedPlaces(Destination destination, RestoreMarker marker) {
        this.destination = destination;
        this.marker = marker;
    }

    /** What an earlier attempt of the same restore left in the destination, if it left anything. */
    static Optional<ClaimedPlaces> leftover(Destination destination) throws IOException {
        Path data = destination.dataDirectory();
        for (Path file : List.of(RestoreMarker.beside(data), inside(data))) {
            Optional<RestoreMarker> found = RestoreMarker.read(file);
            if (found.isPresent() && found.get().restore().equals(destination.restore())) {
                return Optional.of(new ClaimedPlaces(destination, found.get()));
            }
        }
        return Optional.empty();
    }

    /** Claims the destination: every directory of it is empty from here on and says whose it is. */
    static ClaimedPlaces claim(Destination destination) throws RestoreException, IOException {
        refuseAnotherRestore(destination);
        List<Path> made = new ArrayList<>();
        List<Path> filled = new ArrayList<>();
        Path folder = Destination.tablespacesFolder(destination.dataDirectory());
        boolean folderNeeded = destination.tablespaces().values().stream().anyMatch(path -> path.startsWith(folder));
        if (folderNeeded && !Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            made.add(folder);
        }
        for (Path each : destination.places().all()) {
            (requireFree(each) ? filled : made).add(each);
        }
        RestoreMarker marker = new RestoreMarker(destination.restore(), made, filled);
        marker.write(RestoreMarker.beside(destination.dataDirectory()));
        ClaimedPlaces claimed = new ClaimedPlaces(destination, marker);
        for (Path each : made) {
            Files.createDirectories(each);
        }
        return claimed;
    }

    /** All files are there: the marker moves into the data directory. */
    void fetched() throws IOException {
        Path inside = inside(destination.dataDirectory());
        Files.createDirectories(inside.getParent());
        marker.write(inside);
        Files.deleteIfExists(RestoreMarker.beside(destination.dataDirectory()));
    }

    /** Removes what was written, and the directories that were not there before. */
    void remove() throws IOException {
        for (Path each : destination.places().all()) {
            if ((marker.made().contains(each) || marker.filled().contains(each))
                    && Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
                FileTree.removeContents(each);
            }
        }
        for (Path each : marker.made().reversed()) {
            // The restored server's user can write to a marker in the data directory: it is not taken at its word.
            if (isOurs(each) && Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS) && FileTree.isEmpty(each)) {
                Files.delete(each);
            }
        }
        Files.deleteIfExists(RestoreMarker.beside(destination.dataDirectory()));
    }

    private boolean isOurs(Path directory) {
        return directory.equals(Destination.tablespacesFolder(destination.dataDirectory()))
                || destination.places().all().contains(directory);
    }

    private static Path inside(Path dataDirectory) {
        return dataDirectory.resolve(ClusterPlaces.OWN_FOLDER).resolve("marker");
    }

    private static void refuseAnotherRestore(Destination destination) throws RestoreException, IOException {
        Path beside = RestoreMarker.beside(destination.dataDirectory());
        if (Files.exists(beside, LinkOption.NOFOLLOW_LINKS)) {
            throw new RestoreException(
                    FailureCategory.DESTINATION,
                    beside + " says that another restore is at work here or was broken off.",
                    "choose another directory, or remove what lies here together with that file.");
        }
    }

    /** Whether the directory exists (and is empty). */
    private static boolean requireFree(Path directory) throws RestoreException, IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        if (FileTree.isEmpty(directory)) {
            return true;
        }
        boolean running = Files.exists(directory.resolve("postmaster.pid"), LinkOption.NOFOLLOW_LINKS);
        boolean cluster = Files.exists(directory.resolve("PG_VERSION"), LinkOption.NOFOLLOW_LINKS);
        throw new RestoreException(
                FailureCategory.DESTINATION,
                directory
                        + (running
                                ? " holds a PostgreSQL cluster that is running or was not stopped cleanly."
                                : cluster ? " holds another PostgreSQL cluster." : " is not empty."),
                "choose a directory that does not exist or is empty; nothing was touched.");
    }
}

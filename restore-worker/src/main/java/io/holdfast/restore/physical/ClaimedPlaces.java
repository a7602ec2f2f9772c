package io.holdfast.restore.physical;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.cluster.ClusterPlaces;
import io.holdfast.restore.cluster.ControlFile;
import io.holdfast.restore.cluster.RunAs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The directories that one restore has claimed. A marker says whose they are, so that it can go on with what it has written,
 * or remove exactly that again. For one thread.
 */
final class ClaimedPlaces {
    private static final Duration SERVER_ENDS = Duration.ofSeconds(10);

    private final Destination destination;
    private final RestoreMarker marker;
    private final boolean found;
    private final KeptAside keptAside;
    private final Map<Path, SharedTop> shared = new HashMap<>();

    private ClaimedPlaces(Destination destination, RestoreMarker marker, boolean found) {
        this.destination = destination;
        this.marker = marker;
        this.found = found;
        // The restored server's user can write to a marker in the data directory: it is not taken at its word.
        this.keptAside = new KeptAside(
                destination.dataDirectory(),
                destination.restore(),
                destination.places().all().stream()
                        .filter(marker.kept()::contains)
                        .toList());
    }

    /** What an earlier attempt of the same restore left in the destination, if it left anything. */
    static Optional<ClaimedPlaces> leftover(Destination destination) throws IOException {
        Path data = destination.dataDirectory();
        Optional<RestoreMarker> beside = RestoreMarker.read(RestoreMarker.beside(data));
        return (beside.isPresent() ? beside : RestoreMarker.read(inside(data)))
                .filter(marker -> marker.restore().equals(destination.restore()))
                .map(marker -> new ClaimedPlaces(destination, marker, true));
    }

    /**
     * Claims the destination: it says whose it is from here on.
     *
     * @param over whether a directory may hold something already, as {@link ExistingCluster} has found right
     * @param keep whether that is moved aside
     */
    static ClaimedPlaces claim(Destination destination, boolean over, boolean keep)
            throws RestoreException, IOException {
        if (!over) {
            requireFree(destination);
        }
        List<Path> made = new ArrayList<>();
        List<Path> filled = new ArrayList<>();
        List<Path> held = new ArrayList<>();
        Path folder = Destination.tablespacesFolder(destination.dataDirectory());
        boolean folderNeeded = destination.tablespaces().values().stream().anyMatch(path -> path.startsWith(folder));
        if (folderNeeded && !Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            made.add(folder);
        }
        for (Path each : destination.places().all()) {
            if (!Files.exists(each, LinkOption.NOFOLLOW_LINKS)) {
                made.add(each);
            } else if (FileTree.isEmpty(each)) {
                filled.add(each);
            } else if (over) {
                held.add(each);
            } else {
                throw notEmpty(each);
            }
        }
        if (keep) {
            made.addAll(held);
        }
        RestoreMarker marker = new RestoreMarker(
                destination.restore(),
                destination.backup(),
                destination.cluster(),
                made,
                filled,
                keep ? List.of() : held,
                keep ? held : List.of());
        marker.write(RestoreMarker.beside(destination.dataDirectory()));
        ClaimedPlaces claimed = new ClaimedPlaces(destination, marker, false);
        claimed.moveAside();
        for (Path each : made) {
            Files.createDirectories(each);
        }
        return claimed;
    }

    /** Moves the cluster aside that is to be kept, unless somebody works there; then everything is as it was. */
    private void moveAside() throws RestoreException, IOException {
        if (!keptAside.any()) {
            return;
        }
        ControlFileAside control = ControlFileAside.in(destination.dataDirectory());
        try {
            Occupants.refuse(destination.places());
            keptAside.move();
        } catch (RestoreException occupied) {
            control.putBack();
            Files.deleteIfExists(RestoreMarker.beside(destination.dataDirectory()));
            throw occupied;
        } catch (IOException e) {
            keptAside.putBack();
            ControlFileAside.putBackIn(destination.dataDirectory());
            Files.deleteIfExists(RestoreMarker.beside(destination.dataDirectory()));
            throw KeptAside.refused("what lies in " + destination.dataDirectory() + " cannot be moved aside: " + e, e);
        }
    }

    /**
     * Goes on with moving aside what is to be kept, where an earlier attempt was killed in the middle of that.
     *
     * @return false: nothing had been moved, and nothing is claimed any more
     */
    boolean goOnKeeping() throws IOException {
        if (keptAside.isUntouched()) {
            ControlFileAside.putBackIn(destination.dataDirectory());
            Files.deleteIfExists(RestoreMarker.beside(destination.dataDirectory()));
            return false;
        }
        keptAside.move();
        return true;
    }

    /** Where what lay here before is kept. */
    List<Path> kept() {
        return keptAside.kept();
    }

    /**
     * Makes sure that each directory is missing or empty, and nobody else's restore is at work there.
     *
     * @throws RestoreException {@code destination} if not
     */
    static void requireFree(Destination destination) throws RestoreException, IOException {
        refuseAnotherRestore(destination);
        for (Path each : destination.places().all()) {
            if (Files.exists(each, LinkOption.NOFOLLOW_LINKS) && !FileTree.isEmpty(each)) {
                throw notEmpty(each);
            }
        }
    }

    /** Whether the same backup was going to the same directories, so that what it left can be gone on with. */
    boolean canGoOn() {
        Set<Path> claimed = new HashSet<>(marker.all());
        claimed.remove(Destination.tablespacesFolder(destination.dataDirectory()));
        return marker.backup().equals(destination.backup())
                && marker.cluster().equals(destination.cluster())
                && claimed.equals(Set.copyOf(destination.places().all()));
    }

    /** Whether something lies there that is compared with the backup. */
    boolean holdSomething() {
        return found || isOver();
    }

    /** Whether a cluster was there before the restore: then a failed one leaves what there is. */
    boolean isOver() {
        return !marker.over().isEmpty();
    }

    /**
     * Makes what lies there such that no server starts on it, and nobody but us gets into it, and says so beside it.
     *
     * @param major of the cluster
     * @throws RestoreException if somebody works there; then it is as it was
     */
    void close(RunAs runAs, int major) throws IOException, RestoreException, InterruptedException {
        ClusterPlaces places = destination.places();
        marker.write(RestoreMarker.beside(destination.dataDirectory()));
        ControlFileAside aside = setAside();
        try {
            // A server that was just stopped leaves processes behind for a moment.
            if (found) {
                Occupants.awaitNoServer(places, SERVER_ENDS);
            } else {
                Occupants.refuse(places);
            }
        } catch (RestoreException occupied) {
            // One that came in the very last moment. Where there was none to put back, an earlier restore had begun.
            if (aside.putBack() && !found) {
                withdraw();
            }
            throw occupied;
        }
        for (Path each : places.all()) {
            Files.createDirectories(each);
        }
        FileTree.take(places.dataDirectory(), runAs);
        for (Path each : places.tablespaces()) {
            Optional<SharedTop> top = SharedTop.of(each, major);
            if (top.isPresent()) {
                shared.put(each, top.get());
                top.get().take(runAs);
            } else {
                FileTree.take(each, runAs);
            }
        }
        aside.forget();
        if (Files.isDirectory(places.ownFolder(), LinkOption.NOFOLLOW_LINKS)) {
            FileTree.removeContents(places.ownFolder());
        }
    }

    private ControlFileAside setAside() throws IOException {
        boolean moved = false;
        try {
            ControlFileAside aside = ControlFileAside.in(destination.dataDirectory());
            moved = true;
            return aside;
        } finally {
            // It is not ours to write to, as it seems.
            if (!moved && !found && Files.exists(destination.dataDirectory().resolve(ControlFile.PATH))) {
                withdraw();
            }
        }
    }

    private void withdraw() throws IOException {
        for (Path each : marker.made().reversed()) {
            Files.deleteIfExists(each);
        }
        Files.deleteIfExists(RestoreMarker.beside(destination.dataDirectory()));
    }

    /** Makes everything the server's own, and nothing else. */
    void give(RunAs runAs) throws IOException {
        for (Path each : destination.places().all().reversed()) {
            SharedTop top = shared.remove(each);
            if (top == null) {
                FileTree.give(each, runAs);
            } else {
                top.give(runAs);
            }
        }
    }

    /** Where a restore ends early, whoever shares a directory with it gets that back. */
    void giveBack(RunAs runAs) throws IOException {
        for (SharedTop each : shared.values()) {
            each.giveBack(runAs);
        }
        shared.clear();
    }

    /** All files are there: the marker lies in the data directory as well. */
    void noteInside() throws IOException {
        Path inside = inside(destination.dataDirectory());
        Files.createDirectories(inside.getParent());
        marker.write(inside);
    }

    /** The directory is complete: it is marked by nothing but what lies in it. */
    void complete() throws IOException {
        Files.deleteIfExists(RestoreMarker.beside(destination.dataDirectory()));
    }

    /** Leaves what was written for another attempt, which knows it by the marker; no server starts on it. */
    void leave() throws IOException {
        marker.write(RestoreMarker.beside(destination.dataDirectory()));
        ControlFileAside.in(destination.dataDirectory()).forget();
    }

    /**
     * Removes what was written, and the directories that were not there before, and puts back what was kept. Where a cluster
     * was before and is not kept, leaves it.
     */
    void remove() throws IOException {
        if (isOver()) {
            leave();
            return;
        }
        if (!goOnKeeping()) {
            return;
        }
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
        keptAside.putBack();
        Files.deleteIfExists(RestoreMarker.beside(destination.dataDirectory()));
    }

    /** Removes what a marker beside a data directory names, as far as restores may write there. */
    static void remove(Path dataDirectory, RestoreMarker marker, RestoreRoots roots)
            throws IOException, RestoreException {
        List<Path> all = new ArrayList<>();
        for (Path each : marker.all()) {
            if (!each.equals(dataDirectory) && !each.equals(Destination.tablespacesFolder(dataDirectory))) {
                all.add(roots.admit(each.toString()));
            }
        }
        Map<Long, Path> tablespaces = new HashMap<>();
        all.forEach(each -> tablespaces.put((long) tablespaces.size(), each));
        Destination destination =
                new Destination(marker.restore(), marker.backup(), marker.cluster(), dataDirectory, tablespaces);
        new ClaimedPlaces(destination, marker, true).remove();
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
                    "choose another directory, restore with --delta over what lies here, or remove it together with that"
                            + " file.");
        }
    }

    private static RestoreException notEmpty(Path directory) {
        boolean running = Files.exists(directory.resolve("postmaster.pid"), LinkOption.NOFOLLOW_LINKS);
        boolean cluster = Files.exists(directory.resolve("PG_VERSION"), LinkOption.NOFOLLOW_LINKS);
        return new RestoreException(
                FailureCategory.DESTINATION,
                directory
                        + (running
                                ? " holds a PostgreSQL cluster that is running or was not stopped cleanly."
                                : cluster ? " holds another PostgreSQL cluster." : " is not empty."),
                "choose a directory that does not exist or is empty, or restore over the same cluster with --delta;"
                        + " nothing was touched.");
    }
}

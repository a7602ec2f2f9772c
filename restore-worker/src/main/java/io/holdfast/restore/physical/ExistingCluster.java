package io.holdfast.restore.physical;

import io.holdfast.events.FailureCategory;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.cluster.ControlFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether what lies in a destination is the cluster that is to be restored over it, so that nobody else's files are removed.
 * Changes nothing.
 */
final class ExistingCluster {
    private static final String HINT =
            "name the data directory of the stopped cluster that the backup was made of, or leave"
                    + " out --delta and name a directory that is empty; nothing was touched.";

    private ExistingCluster() {}

    /**
     * Makes sure that each directory of the destination is missing, empty, or part of the cluster.
     *
     * @param major the server's major version
     * @throws RestoreException {@code destination} if one is not, or somebody works there
     */
    static void require(Destination destination, int major) throws RestoreException, IOException {
        Path data = destination.dataDirectory();
        boolean held = holdsSomething(data);
        Optional<RestoreMarker> brokenOff = RestoreMarker.read(RestoreMarker.beside(data));
        if (held) {
            requireSameCluster(destination, brokenOff, major);
        }
        for (Map.Entry<Long, Path> each : destination.tablespaces().entrySet()) {
            Path tablespace = each.getValue();
            boolean known = held
                    && (tablespace.startsWith(Destination.tablespacesFolder(data))
                            || brokenOff.isPresent() && brokenOff.get().all().contains(tablespace)
                            || isLinked(data.resolve("pg_tblspc").resolve(Long.toString(each.getKey())), tablespace));
            if (holdsSomething(tablespace) && !known) {
                throw refused(
                        tablespace + " is not empty, and " + data + " does not say that it is its tablespace "
                                + each.getKey() + ".",
                        "name the directory that the tablespace has, or one that is empty; nothing was touched.",
                        null);
            }
        }
        Occupants.refuse(destination.places());
    }

    private static void requireSameCluster(Destination destination, Optional<RestoreMarker> brokenOff, int major)
            throws RestoreException, IOException {
        Path data = destination.dataDirectory();
        if (brokenOff.isPresent()) {
            String cluster = brokenOff.get().cluster();
            if (!cluster.equals(destination.cluster())) {
                throw refused(
                        data + " was left unfinished by a restore of "
                                + (cluster.isEmpty() ? "an unknown cluster" : "cluster " + cluster)
                                + "; the backup is of "
                                + destination.cluster() + ".",
                        HINT,
                        null);
            }
            if (!hasControlFile(data)) {
                return;
            }
            // It may have been put there after that restore.
        }
        requireVersion(data, major);
        requireIdentifier(destination);
    }

    /**
     * Makes sure that what an earlier attempt left is not the data directory of another cluster by now.
     *
     * @throws RestoreException {@code destination} if it is
     */
    static void refuseAnother(Destination destination) throws RestoreException {
        if (hasControlFile(destination.dataDirectory())) {
            requireIdentifier(destination);
        }
    }

    private static boolean hasControlFile(Path data) {
        return Files.exists(data.resolve(ControlFile.PATH), LinkOption.NOFOLLOW_LINKS);
    }

    private static void requireIdentifier(Destination destination) throws RestoreException {
        Path data = destination.dataDirectory();
        String found;
        try {
            found = Long.toUnsignedString(ControlFile.of(data).systemIdentifier());
        } catch (RestoreException e) {
            throw refused(
                    data + " cannot be recognised as the cluster to restore: "
                            + e.failure().message(),
                    "restore into an empty directory; nothing was touched.",
                    e);
        }
        if (!found.equals(destination.cluster())) {
            throw refused(
                    data + " holds another cluster: its system identifier is " + found + ", the backup's is "
                            + destination.cluster() + ".",
                    HINT,
                    null);
        }
    }

    private static void requireVersion(Path data, int major) throws RestoreException, IOException {
        Path file = data.resolve("PG_VERSION");
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw refused(
                    data + " is not empty and not the data directory of a cluster: it has no PG_VERSION.", HINT, null);
        }
        List<String> lines = Files.readAllLines(file, java.nio.charset.StandardCharsets.ISO_8859_1);
        String found = lines.isEmpty() ? "" : lines.getFirst().strip();
        if (!found.equals(Integer.toString(major))) {
            throw refused(
                    data + " is of PostgreSQL \"" + found.substring(0, Math.min(20, found.length()))
                            + "\", the backup of " + major + ".",
                    HINT,
                    null);
        }
    }

    private static boolean isLinked(Path link, Path tablespace) throws IOException {
        try {
            return Files.isSymbolicLink(link)
                    && link.resolveSibling(Files.readSymbolicLink(link))
                            .normalize()
                            .equals(tablespace);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static boolean holdsSomething(Path directory) throws IOException {
        return Files.exists(directory, LinkOption.NOFOLLOW_LINKS) && !FileTree.isEmpty(directory);
    }

    private static RestoreException refused(String message, String hint, @Nullable Exception cause) {
        return new RestoreException(FailureCategory.DESTINATION, message, hint, cause);
    }
}

package io.holdfast.restore.physical;

import io.holdfast.restore.cluster.ClusterPlaces;
import io.holdfast.restore.cluster.PrivateSocket;
import io.holdfast.restore.cluster.RunAs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;

/**
 * The directory of a restored server's socket, which only its user (and root) can enter: in the data directory, or, where
 * that path is too long for the address of a socket, below the directory for temporary files.
 */
final class SocketDirectory {
    private SocketDirectory() {}

    /** Makes it. */
    static Path make(ClusterPlaces places, RunAs runAs) throws IOException {
        Path own = places.ownFolder();
        if (isShort(own)) {
            Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwx------"));
            return own;
        }
        Path elsewhere = elsewhere(places);
        Files.createDirectory(
                elsewhere, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        runAs.give(elsewhere);
        return elsewhere;
    }

    /** Removes it if it is not in the data directory. */
    static void remove(ClusterPlaces places) throws IOException {
        Path elsewhere = elsewhere(places);
        if (!isShort(places.ownFolder()) && Files.isDirectory(elsewhere, LinkOption.NOFOLLOW_LINKS)) {
            FileTree.removeContents(elsewhere);
            Files.delete(elsewhere);
        }
    }

    private static boolean isShort(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length <= PrivateSocket.LONGEST_DIRECTORY;
    }

    /** Always the same for the same cluster, so that a later attempt finds what a killed one left. */
    private static Path elsewhere(ClusterPlaces places) {
        UUID name = UUID.nameUUIDFromBytes(places.dataDirectory().toString().getBytes(StandardCharsets.UTF_8));
        return Path.of("/tmp", "holdfast-" + name);
    }
}

package io.holdfast.restore.physical;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.RestoreId;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.cluster.ControlFile;
import io.holdfast.restore.cluster.RestoredServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** What restores that were broken off left in a destination: whose it is, and what becomes of it. */
final class BrokenOff {
    private BrokenOff() {}

    /** What an earlier attempt of the same restore left, and can be gone on with. */
    static Optional<ClaimedPlaces> takeOver(Destination destination, RestoredServer server)
            throws IOException, RestoreException, InterruptedException {
        Optional<ClaimedPlaces> leftover = ClaimedPlaces.leftover(destination);
        if (leftover.isEmpty() || !leftover.get().goOnKeeping()) {
            return Optional.empty();
        }
        ExistingCluster.refuseAnother(destination);
        server.killLeftover();
        WalServing.remove(destination.dataDirectory());
        SocketDirectory.remove(destination.places());
        if (!leftover.get().canGoOn()) {
            leftover.get().remove();
            return Optional.empty();
        }
        leftover.get().leave(); // also where it had begun to look complete
        return leftover;
    }

    /**
     * The same as seen from outside: whether an attempt of this restore had begun here, so that what lies there is gone on
     * with, or removed. Changes nothing.
     */
    static boolean isGoneOnWith(Destination destination) throws IOException {
        return ClaimedPlaces.leftover(destination).isPresent();
    }

    /**
     * The destination of whoever began to restore the same backup into it and was broken off, if anybody did. One in which a
     * server could start is nobody's but its own: it may be in use by now.
     */
    static Destination ofWhoeverBegan(Destination destination) throws IOException {
        Path data = destination.dataDirectory();
        if (Files.exists(data.resolve(ControlFile.PATH), LinkOption.NOFOLLOW_LINKS)) {
            return destination;
        }
        return RestoreMarker.read(RestoreMarker.beside(data))
                .filter(marker -> marker.backup().equals(destination.backup())
                        && marker.cluster().equals(destination.cluster()))
                .map(marker -> destination.of(marker.restore()))
                .orElse(destination);
    }

    /** Whether an attempt of this restore has begun to write into a directory. */
    static boolean hasBegun(RestoreId restore, Path dataDirectory) throws IOException {
        return RestoreMarker.read(RestoreMarker.beside(dataDirectory))
                .filter(marker -> marker.restore().equals(restore))
                .isPresent();
    }

    /** Removes what attempts of a restore left that no other attempt follows. Does nothing where they left nothing. */
    static void discard(RestoreId restore, Path data, RestoreRoots roots) throws IOException, RestoreException {
        Optional<RestoreMarker> marker = RestoreMarker.read(RestoreMarker.beside(data));
        if (marker.isEmpty() || !marker.get().restore().equals(restore)) {
            return;
        }
        DestinationLock lock = DestinationLock.now(data);
        if (lock == null) {
            throw new RestoreException(
                    FailureCategory.DESTINATION,
                    data + " is held by another attempt of this restore.",
                    "end its worker, and remove what lies there together with " + RestoreMarker.beside(data) + ".");
        }
        try {
            WalServing.remove(data);
            ClaimedPlaces.remove(data, marker.get(), roots);
        } finally {
            lock.close();
        }
    }
}

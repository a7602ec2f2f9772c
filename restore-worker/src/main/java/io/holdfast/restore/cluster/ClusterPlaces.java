package io.holdfast.restore.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a restored cluster lies.
 *
 * @param dataDirectory absolute
 * @param tablespaces the directories of its tablespaces, absolute
 */
public record ClusterPlaces(Path dataDirectory, List<Path> tablespaces) {
    /** The folder in the data directory that is Holdfast's: the restore's record, the server's log, its socket. */
    public static final String OWN_FOLDER = "holdfast-restore";

    public ClusterPlaces {
        tablespaces = List.copyOf(tablespaces);
    }

    public Path ownFolder() {
        return dataDirectory.resolve(OWN_FOLDER);
    }

    public Path logFile() {
        return ownFolder().resolve("server.log");
    }

    /** {@code postmaster.pid}, which a running server keeps. */
    public Path lockFile() {
        return dataDirectory.resolve("postmaster.pid");
    }

    /** Every directory that the server needs. */
    public List<Path> all() {
        List<Path> all = new ArrayList<>();
        all.add(dataDirectory);
        all.addAll(tablespaces);
        return all;
    }
}

package io.holdfast.restore.physical;

import io.holdfast.restore.cluster.RunAs;
import io.holdfast.restore.replay.StandbyFeed;
import io.holdfast.restore.replay.StandbyWal;
import io.holdfast.restore.replay.WalPath;
import io.holdfast.restore.replay.WalSource;
import io.holdfast.restore.replay.WalSpool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;

/**
 * How WAL is served to restored servers that recover.
 *
 * @param room how many bytes of WAL may lie ready beside the data directory; two segments at least
 * @param threads how many segments are fetched at the same time
 */
public record WalServing(long room, int threads) {
    private static final long USUAL_ROOM = 256L << 20;

    /** 256 MiB ahead, over as many threads as there are processors, at most four. */
    public static WalServing usual() {
        return new WalServing(USUAL_ROOM, Math.min(4, Runtime.getRuntime().availableProcessors()));
    }

    /** The same with another room, in bytes. */
    public WalServing withRoom(long bytes) {
        return new WalServing(bytes, threads);
    }

    WalSpool open(Destination destination, RunAs runAs, WalSource source, WalPath path) throws IOException {
        remove(destination.dataDirectory());
        return WalSpool.open(beside(destination.dataDirectory()), runAs, source, path, room, threads);
    }

    /** Answers a standby on a data directory, for as long as it is open. */
    public StandbyFeed feed(Path dataDirectory, RunAs runAs, StandbyWal wal, Clock clock) throws IOException {
        return StandbyFeed.open(beside(dataDirectory), runAs, wal, room, clock);
    }

    /** Beside the data directory, so that segments are moved into it; only we can write to what holds both. */
    static Path beside(Path dataDirectory) {
        return dataDirectory.resolveSibling("." + dataDirectory.getFileName() + ".holdfast-wal");
    }

    /** Whether a server on a data directory is served, or something of that was left there. */
    public static boolean isThere(Path dataDirectory) {
        return Files.exists(beside(dataDirectory), LinkOption.NOFOLLOW_LINKS);
    }

    /** Removes what was served and not taken, also by a worker that was killed. Does nothing where there is nothing. */
    public static void remove(Path dataDirectory) throws IOException {
        Path folder = beside(dataDirectory);
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            FileTree.removeContents(folder);
            Files.delete(folder);
        }
    }
}

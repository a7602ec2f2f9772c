package io.holdfast.restore.physical;

import io.holdfast.events.FailureCategory;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.replay.WalPath;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Makes sure that the log of a recovery is at hand before a cluster is given up for it: that each segment on the way opens,
 * which needs keys of its own where it is sealed, and the history of the timeline. Damage within a segment shows only when
 * all of it is read. Writes nothing.
 */
final class PathAtHand {
    private static final int THREADS = 8;
    private static final int AT_ONCE = 1024;

    private final WalArchive archive;
    private final WalPath path;
    private final RestoreWatch watch;

    PathAtHand(WalArchive archive, WalPath path, RestoreWatch watch) {
        this.archive = archive;
        this.path = path;
        this.watch = watch;
    }

    void require() throws RepositoryException, RestoreException, InterruptedException {
        if (path.timeline() != 1 && archive.history(path.timeline()).isEmpty()) {
            throw new RestoreException(
                    FailureCategory.WAL_MISSING,
                    "the history of timeline " + Integer.toUnsignedString(path.timeline())
                            + " is not in the repository.",
                    "recover along another timeline, or restore another backup.");
        }
        ExecutorService opening = Executors.newFixedThreadPool(
                THREADS, Thread.ofPlatform().name("wal-open-", 0).factory());
        try {
            for (long from = 0; from < path.count(); from += AT_ONCE) {
                watch.goOn();
                open(opening, from, Math.min(path.count(), from + AT_ONCE));
            }
        } finally {
            opening.shutdownNow();
        }
    }

    private void open(ExecutorService opening, long from, long to) throws RepositoryException, InterruptedException {
        List<Future<Integer>> begun = new ArrayList<>();
        for (long i = from; i < to; i++) {
            WalSegmentName segment = path.segment(i);
            begun.add(opening.submit(() -> begin(segment)));
        }
        for (Future<Integer> each : begun) {
            try {
                each.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RepositoryException failure) {
                    throw failure;
                }
                throw new IllegalStateException("a segment could not be opened", e.getCause());
            }
        }
    }

    private int begin(WalSegmentName segment) throws RepositoryException {
        try (InputStream in = archive.openUntil(segment, path.end())) {
            return in.read();
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading the WAL segment " + segment);
        }
    }
}

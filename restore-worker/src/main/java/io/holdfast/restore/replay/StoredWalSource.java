package io.holdfast.restore.replay;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.wal.WalArchive;
import io.holdfast.repository.wal.WalSegmentName;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * WAL as it lies in a repository. That something is not there is believed only while the repository itself is seen to be
 * there: where a disk is not mounted, nothing is.
 */
public final class StoredWalSource implements WalSource {
    private final WalArchive archive;
    private final WalPath path;
    private final Presence presence;
    private final Waiting waiting;
    private final AtomicLong read = new AtomicLong();

    /** Asks whether the repository is there. */
    @FunctionalInterface
    public interface Presence {
        /**
         * Does nothing if it is.
         *
         * @throws RepositoryException.Unavailable if it is not
         */
        void require() throws RepositoryException;
    }

    /** Waits for a repository that is away. */
    @FunctionalInterface
    public interface Waiting {
        /**
         * Returns as soon as it is there again.
         *
         * @param read how many files were read so far: more than the last time means that it was there in between
         * @throws RepositoryException the failure, if it has been away for too long
         */
        void await(RepositoryException.Unavailable failure, long read) throws RepositoryException, InterruptedException;
    }

    public StoredWalSource(WalArchive archive, WalPath path, Presence presence, Waiting waiting) {
        this.archive = archive;
        this.path = path;
        this.presence = presence;
        this.waiting = waiting;
    }

    @Override
    public Optional<InputStream> segment(WalSegmentName name) throws RepositoryException {
        try {
            InputStream found = path.endsIn(name) ? archive.openUntil(name, path.end()) : archive.open(name);
            read.incrementAndGet();
            return Optional.of(found);
        } catch (RepositoryException.NotFound e) {
            presence.require();
            return Optional.empty();
        }
    }

    @Override
    public Optional<byte[]> history(int timeline) throws RepositoryException {
        Optional<byte[]> found = archive.history(timeline);
        if (found.isEmpty()) {
            presence.require();
        }
        return found;
    }

    @Override
    public void awaitAfter(RepositoryException failure) throws RepositoryException, InterruptedException {
        if (!(failure instanceof RepositoryException.Unavailable away)) {
            throw failure;
        }
        waiting.await(away, read.get());
    }
}

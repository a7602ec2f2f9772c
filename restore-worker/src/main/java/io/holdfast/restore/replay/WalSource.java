package io.holdfast.restore.replay;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.restore.RestoreException;
import java.io.InputStream;
import java.util.Optional;

/** Where the write-ahead log comes from. Safe for use by several threads. An answer is definite: it waits rather than guess. */
public interface WalSource {
    /**
     * Opens a segment. The stream throws at the latest at its end if it is not what was stored.
     *
     * @return empty if there is no such segment
     */
    Optional<InputStream> segment(WalSegmentName name)
            throws RepositoryException, RestoreException, InterruptedException;

    /**
     * The history file of a timeline.
     *
     * @return empty if there is none
     */
    Optional<byte[]> history(int timeline) throws RepositoryException, RestoreException, InterruptedException;

    /**
     * Waits until the repository answers again, after reading from it failed.
     *
     * @throws RepositoryException the failure, if that has taken too long, or it is of a kind that does not pass
     */
    void awaitAfter(RepositoryException failure) throws RepositoryException, InterruptedException;
}

package io.holdfast.repository.wal;

import io.holdfast.repository.RepositoryException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * The write-ahead log of one cluster. Safe for use by several threads and processes; a {@link WalSegmentWriter} is for
 * one thread.
 */
public interface WalArchive {
    /**
     * The same, but reading WAL that is not encrypted is {@link RepositoryException.Damaged}. For restoring an encrypted
     * backup: whoever can write to the store could otherwise slip in WAL of his own making.
     */
    WalArchive sealedOnly();

    /** Begins a segment, from its first byte on. */
    WalSegmentWriter begin(int timeline, long segmentNumber, int segmentSize) throws RepositoryException;

    /**
     * Keeps a timeline's history file. The same content again is fine.
     *
     * @throws RepositoryException.Conflict if another content is stored for the timeline
     */
    void putHistory(int timeline, byte[] content) throws RepositoryException;

    /** The history file of a timeline, if there is one; its digest is checked. */
    Optional<byte[]> history(int timeline) throws RepositoryException;

    /**
     * Opens a segment: exactly its size in bytes. Where it is not complete, the increments that follow on each other from
     * its beginning are served with zeros behind them, but only if nothing of the next segment is stored. The stream
     * throws {@link RepositoryException.Damaged} at the latest at its end: use what was read only after that.
     *
     * @throws RepositoryException.NotFound if there is nothing to serve
     */
    InputStream open(WalSegmentName segment) throws RepositoryException;

    /**
     * Opens a segment of a stretch that ends at {@code stopLsn}, such as a backup's own WAL. As {@link #open}, but the
     * stretch's last segment is served from increments when they reach its end, whatever of later segments is stored: a
     * quiet standby may never complete a segment, and its next backup must not make this one unreadable.
     *
     * @param stopLsn the byte behind the last one needed
     * @throws RepositoryException.NotFound if what is needed is not there
     */
    InputStream openUntil(WalSegmentName segment, Lsn stopLsn) throws RepositoryException;

    /**
     * The segments of a stretch of WAL that are not wholly there; none if all is covered. Increments count for the last
     * segment, as far as they reach.
     *
     * @param startLsn the first byte needed
     * @param stopLsn the byte behind the last one needed
     */
    List<WalSegmentName> covers(int timeline, Lsn startLsn, Lsn stopLsn, int segmentSize) throws RepositoryException;

    /**
     * Makes ready to compare a segment with what is stored of it, for whoever wants to know whether both are of one history.
     *
     * @param available how many bytes of the segment there are to compare with; what is stored and reaches further is left out
     * @throws RepositoryException.Conflict if what is stored cannot be compared for want of a key
     */
    WalComparison comparison(int timeline, long segmentNumber, int segmentSize, int available)
            throws RepositoryException;
}

package io.holdfast.repository.wal;

import io.holdfast.repository.RepositoryException;

/**
 * One segment as it streams in. Bytes go to a spool file, so that memory does not depend on the segment's size. For one
 * thread.
 */
public interface WalSegmentWriter extends AutoCloseable {
    /** The segment's name. */
    WalSegmentName name();

    /**
     * Takes the bytes that belong at {@code position} of the segment.
     *
     * @param position must be where the bytes before ended: WAL comes without gaps
     * @throws RepositoryException.Conflict if it was resumed, and these are other bytes than those that are stored
     * @throws IllegalArgumentException if it is elsewhere, or the bytes go over the segment's end
     */
    void write(int position, byte[] bytes, int offset, int length) throws RepositoryException;

    /** Bytes taken so far: the position of the next. */
    int written();

    /**
     * Goes on with what earlier writers of this segment left: their bytes are not saved again, but compared with those that
     * arrive here. For whoever begins the segment anew after an interruption, before its first byte. What is stored and not
     * what it claims to be is passed over: it is for others to notice.
     */
    void resume() throws RepositoryException;

    /**
     * Makes what was taken since the last increment durable as one more increment; writing may go on. Does nothing if
     * nothing new was taken.
     *
     * @return the LSN up to which what was taken is now durable
     * @throws RepositoryException.Conflict if other content is stored for the same stretch
     */
    Lsn saveIncrement() throws RepositoryException;

    /**
     * Makes the complete segment durable. The same content stored before, also by somebody else, is fine.
     *
     * @throws IllegalStateException if bytes are missing
     * @throws RepositoryException.Conflict if other content is stored under this name
     */
    void finish() throws RepositoryException;

    /** Ends writing and drops the spool; what was saved stays. */
    @Override
    void close();
}

package io.holdfast.repository.verify;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.wal.WalSegmentName;
import java.io.IOException;
import java.io.InputStream;

/** Looks into the WAL that a backup needs while the backup is verified, so that it is fetched and decompressed once. */
@FunctionalInterface
public interface WalReading {
    /** The segments of the backup's stretch of WAL. For the thread that was given them, one segment at a time. */
    @FunctionalInterface
    interface Segments {
        /**
         * Opens a segment as {@link io.holdfast.repository.wal.WalArchive#openUntil} does. Closing it reads what is left
         * of it, so that its digests are known.
         */
        InputStream open(WalSegmentName segment) throws RepositoryException;
    }

    /**
     * Looks into segments, as far as it makes sense: those that were not read, or could not be, are checked afterwards. Not
     * called again where a data key is not here: then the WAL is checked as it is stored.
     */
    void read(Segments segments) throws IOException;
}

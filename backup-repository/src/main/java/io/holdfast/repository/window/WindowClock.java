package io.holdfast.repository.window;

import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.wal.Lsn;
import java.util.Optional;

/** Tells what the server's clock showed when its log had reached a position. Safe for use by several threads. */
public interface WindowClock {
    /** Knows no time. */
    WindowClock NONE = new WindowClock() {
        @Override
        public Optional<WalTime> atOrBefore(int timeline, Lsn lsn) {
            return Optional.empty();
        }

        @Override
        public Optional<WalTime> atOrAfter(int timeline, Lsn lsn) {
            return Optional.empty();
        }
    };

    /** The last sample whose position is not behind this one; of several at the same position the latest. */
    Optional<WalTime> atOrBefore(int timeline, Lsn lsn) throws RepositoryException;

    /** The first sample whose position is not before this one; of several at the same position any. */
    Optional<WalTime> atOrAfter(int timeline, Lsn lsn) throws RepositoryException;
}

package io.holdfast.restore.standby;

import io.holdfast.repository.RepositoryException;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.replay.StandbyWal;

/** Opens the logs that standbys follow. */
@FunctionalInterface
public interface StandbyLogs {
    /** What a standby follows, until it is closed. */
    Opened open(Standby standby) throws RepositoryException, RestoreException, InterruptedException;

    /** A log that is open. */
    record Opened(StandbyWal wal, Closing closing) implements AutoCloseable {
        @Override
        public void close() throws RepositoryException {
            closing.close();
        }
    }

    /** Closes what a log lies in. */
    @FunctionalInterface
    interface Closing {
        void close() throws RepositoryException;
    }
}

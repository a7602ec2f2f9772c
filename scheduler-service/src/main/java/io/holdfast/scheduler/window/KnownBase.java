package io.holdfast.scheduler.window;

import io.holdfast.scheduler.catalog.Listed;
import io.holdfast.scheduler.catalog.LogPosition;
import java.time.Instant;
import java.util.Optional;

/**
 * A base backup that a recovery can begin with.
 *
 * @param start    where the log that it needs begins; it was stored with the backup
 * @param stop     where that ends, and the backup is consistent
 * @param finished when it was done
 */
record KnownBase(String backup, int timeline, LogPosition start, LogPosition stop, Instant finished) {

    /** The one that the catalog lists; empty if it does not say enough of it. */
    static Optional<KnownBase> of(Listed.Backup backup) {
        Optional<LogPosition> start = LogPosition.of(backup.startLsn());
        Optional<LogPosition> stop = LogPosition.of(backup.stopLsn());
        Integer timeline = backup.timeline();
        Instant finished = backup.finishedAt();
        return timeline == null
                        || finished == null
                        || start.isEmpty()
                        || stop.isEmpty()
                        || start.get().compareTo(stop.get()) > 0
                ? Optional.empty()
                : Optional.of(new KnownBase(backup.backupId(), timeline, start.get(), stop.get(), finished));
    }
}

package io.holdfast.backup.gap;

import io.holdfast.events.wal.WalArchived;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.window.Moment;
import io.holdfast.repository.window.RecoveryWindow;
import io.holdfast.runtime.database.Persistence;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Tells up to when the log of a server is archived that nobody follows: by what lies in the repository, not by what the server
 * says, and by samples of its time. Of several workers that look, one tells.
 */
record ArchivedUntil(WatchedPlace place, GapTable table, GapVoice voice, Duration every, Forks forks) {
    /** Knows where timelines left the ones before. */
    @FunctionalInterface
    interface Forks {
        Optional<WalArchived.TimelineFork> of(int timeline) throws RepositoryException;
    }

    /** Tells it if more was archived, no more often than it is to be; while a server writes nothing, a fifth as often. */
    void tell(WalPosition position, RecoveryWindow found) throws RepositoryException, InterruptedException {
        Optional<Moment> end = found.end(position.timeline());
        Optional<Instant> until = found.sampledUntil(position.timeline());
        if (end.isPresent() && until.isPresent()) {
            GapTable.Archived now =
                    new GapTable.Archived(position.timeline(), end.get().lsn(), until.get());
            int segmentSize =
                    found.stretches(position.timeline()).getLast().base().wal().segmentSize();
            Optional<WalArchived.TimelineFork> fork = forks.of(position.timeline());
            Persistence.untilDone("telling how far the log of " + place.target() + " is archived", () -> {
                tell(now, segmentSize, fork);
                return place;
            });
        }
    }

    private void tell(GapTable.Archived now, int segmentSize, Optional<WalArchived.TimelineFork> fork)
            throws SQLException {
        Optional<GapTable.Told> known = table.told(place, now, every);
        if (known.isEmpty()) {
            return;
        }
        GapTable.Archived before = known.get().archived();
        boolean isElsewhere = now.timeline() != before.timeline();
        boolean isMore = isElsewhere || now.end().compareTo(before.end()) > 0;
        boolean isLater = now.end().equals(before.end()) && now.until().isAfter(before.until());
        if (isElsewhere
                || (isMore && known.get().isDue())
                || (isLater && known.get().isOld())) {
            table.tell(place, now);
            boolean isBehind = before.end().compareTo(now.end()) > 0;
            WalArchived archived = archived(isBehind ? now.end() : before.end(), now, segmentSize);
            voice.archived(place, archived.withForkedFrom(fork.orElse(null)));
        }
    }

    private WalArchived archived(Lsn from, GapTable.Archived now, int segmentSize) {
        return new WalArchived(
                place.target(),
                place.repository(),
                place.systemIdentifier(),
                now.timeline(),
                from.toString(),
                now.end().toString(),
                now.end().segmentNumber(segmentSize) - from.segmentNumber(segmentSize),
                now.end().minus(from),
                now.until());
    }
}

package io.holdfast.restore.drill;

import io.holdfast.events.request.DrillRequested;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.request.RecoveryTimeline;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.window.Moment;
import io.holdfast.repository.window.RecoveryWindow;
import io.holdfast.restore.drill.DrillCandidates.Candidate;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How far a drill recovers, and how far it could. Pure but for times that are looked up. */
final class DrillMoment {
    private DrillMoment() {}

    /**
     * What is recovered to.
     *
     * @return nothing for the backup's own end, where nothing else is asked for and nothing leads further
     */
    static @Nullable RecoveryTarget choose(DrillRequested request, Candidate candidate, RecoveryWindow window)
            throws RepositoryException {
        if (request.moment() != null) {
            return request.moment();
        }
        int timeline = candidate.content().wal().timeline();
        Lsn from = candidate.content().wal().stopLsn();
        Optional<Moment> end = window.end(timeline, candidate.backup());
        if (end.isEmpty() || end.get().lsn().compareTo(from) <= 0) {
            return null;
        }
        return switch (request.pick()) {
            // A hole further back, which a later backup has closed, is in nobody's way.
            case NEWEST ->
                window.holes(timeline).stream()
                                .noneMatch(hole -> hole.from().equals(end.get().lsn()))
                        ? new RecoveryTarget.Latest(null)
                        : null;
            case RANDOM ->
                new RecoveryTarget.Position(
                        from.plus(DrillCandidates.random(request)
                                        .split()
                                        .nextLong(end.get().lsn().minus(from)))
                                .toString(),
                        null,
                        RecoveryTimeline.CURRENT);
        };
    }

    /** The newest moment that could be recovered to: the end of the log if its time is known, else the newest backup's. */
    static Instant newest(RecoveryWindow window, DrillCandidates candidates) {
        return window.latestTimeline()
                .flatMap(window::end)
                .flatMap(Moment::time)
                .filter(end -> end.isAfter(candidates.newest()))
                .orElse(candidates.newest());
    }
}

package io.holdfast.restore.physical;

import io.holdfast.events.FailureCategory;
import io.holdfast.events.request.RecoveryTarget;
import io.holdfast.events.restore.RestoreCompleted.RecoveredTo;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.restore.PhaseTimes;
import io.holdfast.restore.RestoreException;
import io.holdfast.restore.RestorePhase;
import io.holdfast.restore.RestoreWatch;
import io.holdfast.restore.cluster.ClusterPlaces;
import io.holdfast.restore.cluster.RestoredServer;
import io.holdfast.restore.replay.WalSpool;
import io.holdfast.restore.replay.WalkedLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Starts the server on the fetched files and lets it recover: to the backup's end, or along the WAL that is served to the
 * target, and not one record less. A server that came up earlier is a failure.
 */
final class Recovery {
    private final RestoredServer server;
    private final ClusterPlaces places;
    private final WalNeeded wal;
    private final RecoveryPlan plan;
    private final @Nullable WalSpool spool;

    /** @param spool serves the WAL of a plan along stored WAL; none for one to the backup's end */
    Recovery(RestoredServer server, ClusterPlaces places, WalNeeded wal, RecoveryPlan plan, @Nullable WalSpool spool) {
        this.server = server;
        this.places = places;
        this.wal = wal;
        this.plan = plan;
        this.spool = spool;
    }

    /** Recovers; the server is open for work then. */
    RecoveredTo run(PhaseTimes times, RestoreWatch watch) throws RestoreException, InterruptedException, IOException {
        long from = RecoveryLog.length(places.logFile());
        try {
            recover(plan.settings(restoreCommand()), times, watch);
        } catch (RestoreException e) {
            requireServed();
            goOn(RecoveryLog.read(places.dataDirectory(), places.logFile(), from), e, times, watch);
        }
        return reached(RecoveryLog.read(places.dataDirectory(), places.logFile(), from));
    }

    private String restoreCommand() {
        return spool == null ? RecoveryPlan.ToBackupsEnd.NOTHING_TO_ADD : spool.restoreCommand();
    }

    private void recover(List<String> settings, PhaseTimes times, RestoreWatch watch)
            throws RestoreException, InterruptedException {
        times.begin(RestorePhase.START);
        watch.progress(RestorePhase.START, 0, null);
        server.start(settings, spool == null ? List.of() : List.<Path>of(spool.top()));
        server.awaitLockFile(watch);
        times.begin(RestorePhase.RECOVER);
        watch.progress(RestorePhase.RECOVER, 0, null);
        server.awaitReady(told(watch));
    }

    /** Tells how much WAL was taken, each time the server is looked at. */
    private RestoreWatch told(RestoreWatch watch) {
        WalSpool serving = spool;
        if (serving == null || !(plan instanceof RecoveryPlan.Along along)) {
            return watch;
        }
        return new RestoreWatch() {
            @Override
            public void progress(RestorePhase phase, long done, @Nullable Long of) {
                watch.progress(phase, done, of);
            }

            @Override
            public boolean stopRequested() {
                watch.progress(
                        RestorePhase.RECOVER, serving.handedOver(), along.path().bytes());
                return watch.stopRequested();
            }
        };
    }

    /** What stopped the serving is why the server ended. */
    private void requireServed() throws RestoreException {
        Optional<RestoreException> failure = spool == null ? Optional.empty() : spool.failure();
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    /**
     * A server stops at a time or position only when it sees a record behind it. Where the target is known to lie before
     * the end of what is stored, and all of that was replayed, there is none: it is where the server is now.
     */
    private void goOn(RecoveryLog log, RestoreException ended, PhaseTimes times, RestoreWatch watch)
            throws RestoreException, InterruptedException {
        if (!log.endedEarly() || !(plan instanceof RecoveryPlan.Along along) || spool == null) {
            throw ended;
        }
        Optional<Lsn> last = log.lastRecord();
        if (along.within() && last.isPresent() && hasReplayedAll(last.get().plus(1))) {
            recover(along.settingsTo(last.get(), spool.restoreCommand()), times, watch);
            return;
        }
        throw new RestoreException(
                FailureCategory.RECOVERY_FAILED,
                "the stored WAL ends before " + Moments.of(along.target()) + " is reached"
                        + last.map(lsn -> ": recovery came to " + lsn).orElse("")
                        + log.lastTransaction()
                                .map(time -> ", its last transaction is of " + time)
                                .orElse("") + ".",
                "recover to a moment before that; --latest recovers to the end of what is stored.",
                ended);
    }

    /**
     * Whether a server that came to a position has replayed every record that is stored whole. It ends without a word at one
     * that was damaged before it was stored, as if that were the end of the log.
     */
    private boolean hasReplayedAll(Lsn reached) {
        Optional<WalkedLog> stored = spool == null ? Optional.empty() : spool.end();
        return stored.isPresent()
                && stored.get().brokenAt().isEmpty()
                && stored.get()
                        .lastRecord()
                        .map(last -> last.compareTo(reached) < 0)
                        .orElse(true);
    }

    private RecoveredTo reached(RecoveryLog log) throws RestoreException {
        RecoveryEnd end = end();
        if (end.lsn().compareTo(wal.stopLsn()) < 0) {
            throw early(
                    end.lsn(),
                    "the backup's end at " + wal.stopLsn(),
                    "verify the backup: WAL that it needs may be missing.");
        }
        Long transaction = null;
        if (plan instanceof RecoveryPlan.Along along) {
            if (end.along() != along.timeline()) {
                throw early(
                        end.lsn(),
                        "timeline " + along.timeline() + " was reached",
                        "the history of a timeline may be missing in the repository.");
            }
            if (along.target() instanceof RecoveryTarget.Latest && !hasReplayedAll(end.lsn())) {
                throw early(
                        end.lsn(),
                        "the end of what is stored at " + along.path().end(),
                        "verify the WAL in the repository: a record of it may be damaged; recover to a moment before"
                                + " that.");
            }
            if (along.target() instanceof RecoveryTarget.Transaction) {
                transaction = log.transaction().orElse(null);
            }
        }
        Instant last = log.lastTransaction().orElse(null);
        return new RecoveredTo(end.timeline(), end.lsn().toString(), last, transaction);
    }

    private RecoveryEnd end() throws RestoreException {
        try {
            return RecoveryEnd.read(places.dataDirectory(), wal.timeline())
                    .orElseThrow(() -> new IOException("no timeline was begun"));
        } catch (IOException | IllegalArgumentException e) {
            throw new RestoreException(
                    FailureCategory.RECOVERY_FAILED,
                    "where recovery ended cannot be told: " + e.getMessage() + ".",
                    "see the server's log.",
                    e);
        }
    }

    private static RestoreException early(Lsn end, String before, String hint) {
        return new RestoreException(
                FailureCategory.RECOVERY_FAILED, "recovery ended at " + end + ", before " + before + ".", hint);
    }
}

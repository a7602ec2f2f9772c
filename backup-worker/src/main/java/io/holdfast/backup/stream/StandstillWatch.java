package io.holdfast.backup.stream;

import io.holdfast.backup.job.Failures;
import io.holdfast.backup.replication.FailureCause;
import io.holdfast.backup.replication.PhysicalSlots;
import io.holdfast.backup.replication.ReplicationConnection;
import io.holdfast.backup.replication.ReplicationException;
import io.holdfast.backup.replication.SystemIdentity;
import io.holdfast.events.FailureCategory;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.runtime.secrets.SecretException;
import io.holdfast.runtime.work.WorkFolder;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a stream from a thread that does not receive, which may hang in a repository that never answers: whether what is
 * durable moves on with the server's log, and whether the server keeps more than it may. A server that was not heard of is
 * asked over a connection of its own.
 */
final class StandstillWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(StandstillWatch.class.getName());
    private static final String APPLICATION = "holdfast_slots";
    private static final Duration MOST_OFTEN = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofSeconds(3);

    private final StreamedTarget streamed;
    private final StreamSurroundings surroundings;
    private final StreamState state;
    private final Consumer<ReplicationException> endSession;
    private final Duration pause;
    private final CountDownLatch ended = new CountDownLatch(1);
    private @Nullable Lsn durable;
    private Instant movedAt;
    private boolean overLimit;

    /** @param endSession makes the stream begin anew, for that reason */
    StandstillWatch(
            StreamedTarget streamed,
            StreamSurroundings surroundings,
            StreamState state,
            Consumer<ReplicationException> endSession) {
        this.streamed = streamed;
        this.surroundings = surroundings;
        this.state = state;
        this.endSession = endSession;
        this.movedAt = surroundings.clock().instant();
        Duration often = surroundings.config().tellAfter().dividedBy(10);
        this.pause = often.compareTo(MOST_OFTEN) < 0 ? often : MOST_OFTEN;
    }

    void start() {
        Thread.ofVirtual().name("wal-watch-" + streamed.id()).start(this::run);
    }

    private void run() {
        try {
            while (!ended.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        Optional<Continuity> known = state.continuity();
        if (known.isEmpty()) {
            return;
        }
        long behind = behind(known.get());
        long limit = surroundings.config().slotLimit().asLongValue();
        if (!state.heardWithin(SILENCE) || behind > limit / 2) {
            ask(known.get(), limit);
            behind = behind(known.get());
        }
        if (behind == 0 || !known.get().durable().equals(durable)) {
            durable = known.get().durable();
            movedAt = surroundings.clock().instant();
            return;
        }
        Duration patience = surroundings.config().tellAfter().dividedBy(2);
        if (!surroundings.clock().instant().isBefore(movedAt.plus(patience))) {
            state.stands(
                    movedAt,
                    Failures.failure(
                            FailureCategory.REPOSITORY_UNAVAILABLE,
                            "Nothing of the log of " + streamed.id() + " became durable in the repository "
                                    + streamed.repositoryId() + " for a while; it lacks " + behind
                                    + " bytes that the server has.",
                            "See whether the repository answers, and whether the worker has processor time and room in its"
                                    + " work directory."));
        }
    }

    private long behind(Continuity known) {
        return state.serverEnd()
                .map(end -> Math.max(0, end.minus(known.durable())))
                .orElse(0L);
    }

    private void ask(Continuity known, long ownLimit) {
        try (WorkFolder folder = WorkFolder.below(surroundings.workDirectory());
                ReplicationConnection connection = surroundings
                        .servers()
                        .of(streamed.target().postgres(), folder)
                        .openPrimary(APPLICATION, null)
                        .connection()) {
            SystemIdentity identity = connection.identifySystem();
            if (identity.systemIdentifier() == known.systemIdentifier()) {
                state.server(identity.position());
                KeptLog.Limit limit = new KeptLog.Limit(Preflight.limit(connection), ownLimit);
                Optional<Lsn> restart = connection.slots().read(streamed.slot()).flatMap(PhysicalSlots.Kept::restart);
                if (restart.isPresent()) {
                    bound(connection, identity.position(), identity.position().minus(restart.get()), limit);
                }
            }
        } catch (IOException | SecretException e) {
            // Whoever receives, or tries to, meets the same and tells it.
            LOG.log(System.Logger.Level.DEBUG, "The server of " + streamed.id() + " could not be asked", e);
        }
    }

    /** Once over the limit the next session gives the slot up. Where none comes, since the repository hangs, it is done here. */
    private void bound(ReplicationConnection connection, Lsn position, long kept, KeptLog.Limit limit)
            throws ReplicationException {
        KeptLog.watch(state, streamed.slot(), kept, limit);
        if (!limit.isPassed(kept)) {
            overLimit = false;
        } else if (!overLimit) {
            overLimit = true;
            endSession.accept(ReplicationException.of(
                    FailureCause.SERVER_INTERRUPTED,
                    "The server keeps " + kept + " bytes of log for " + streamed.id() + ", more than " + limit.setting()
                            + "; its slot is given up.",
                    "Find out why the repository does not take the log, or not as fast as it comes."));
        } else {
            KeptLog.of(connection, streamed.slot(), position, limit)
                    .invalidated()
                    .ifPresent(state::slotLost);
        }
    }

    /** Ends looking; a look that has begun may go on for a moment. */
    @Override
    public void close() {
        ended.countDown();
    }
}

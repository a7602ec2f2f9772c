package io.holdfast.runtime.jobs;

import io.holdfast.events.Event;
import io.holdfast.events.EventId;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.runtime.database.AfterCommit;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Submits durable work and stops it, in the caller's transaction. Thread safe. */
@Singleton
public class Jobs {

    private final JobTable table;
    private final EventCodec codec;
    private final Clock clock;
    private final AfterCommit afterCommit;
    private final JobSignals signals;

    Jobs(JobTable table, EventCodec codec, Clock clock, AfterCommit afterCommit, JobSignals signals) {
        this.table = table;
        this.codec = codec;
        this.clock = clock;
        this.afterCommit = afterCommit;
        this.signals = signals;
    }

    /**
     * Records a job. One worker will do it once the transaction has committed; with several at hand one after the other
     * tries until it is done.
     *
     * @param request  what asks for it; a request has one job of a kind
     * @param leaseKey jobs with the same key are done one at a time, in the order of their submission: usually the target
     * @return false if the job is there already
     * @throws IllegalStateException outside of a transaction
     */
    public boolean submit(JobKind kind, Event<?> request, String leaseKey) {
        requireTransaction();
        try {
            boolean fresh = table.insert(kind, request.id(), leaseKey, codec.encode(request), clock.instant());
            afterCommit.then(signals::due);
            return fresh;
        } catch (SQLException e) {
            throw new JobTableException("the job for " + request.id() + " cannot be recorded: " + e.getMessage(), e);
        }
    }

    /**
     * Stops the jobs that a request started. A running one is interrupted, at once in this process and within seconds
     * elsewhere; one that ends at the same moment may still complete.
     *
     * @return false if there is none any more
     * @throws IllegalStateException outside of a transaction
     */
    public boolean cancel(EventId request, @Nullable String requestedBy, @Nullable String reason) {
        return cancelJobs(null, request, requestedBy, reason);
    }

    /** The same, of jobs of one kind alone: where anybody may ask for that, and other kinds are none of his business. */
    public boolean cancel(JobKind kind, EventId request, @Nullable String requestedBy, @Nullable String reason) {
        return cancelJobs(kind, request, requestedBy, reason);
    }

    private boolean cancelJobs(
            @Nullable JobKind kind, EventId request, @Nullable String requestedBy, @Nullable String reason) {
        requireTransaction();
        try {
            boolean found = table.markCancelled(kind, request, new Cancellation(requestedBy, reason), clock.instant());
            afterCommit.then(() -> {
                signals.cancelled().ring();
                signals.due();
            });
            return found;
        } catch (SQLException e) {
            throw new JobTableException("the job for " + request + " cannot be cancelled: " + e.getMessage(), e);
        }
    }

    private void requireTransaction() {
        if (!afterCommit.inTransaction()) {
            throw new IllegalStateException(
                    "jobs are submitted and cancelled inside of a transaction only. HINT: make the caller @Transactional.");
        }
    }
}

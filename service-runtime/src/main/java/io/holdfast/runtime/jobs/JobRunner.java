package io.holdfast.runtime.jobs;

import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.wire.Decoded;
import io.holdfast.events.wire.EventCodec;
import io.holdfast.runtime.database.Persistence;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Runs a job that was picked: begins it, lets the handler work, writes down the end. Thread safe. */
@Singleton
class JobRunner {

    private static final Logger LOG = Logger.getLogger(JobRunner.class);

    /** A job that takes its worker with it each time must not do so for ever. */
    private static final int MOST_STARTS = 10;

    private static final Duration NEXT_IN_LINE = Duration.ofSeconds(5);

    private final JobTable table;
    private final Leases leases;
    private final JobEnds ends;
    private final JobVoice voice;
    private final EventCodec codec;
    private final Clock clock;
    private final MeterRegistry metrics;
    private final Set<JobAttempt> running = ConcurrentHashMap.newKeySet();

    JobRunner(
            JobTable table,
            Leases leases,
            JobEnds ends,
            JobVoice voice,
            EventCodec codec,
            Clock clock,
            MeterRegistry metrics) {
        this.table = table;
        this.leases = leases;
        this.ends = ends;
        this.voice = voice;
        this.codec = codec;
        this.clock = clock;
        this.metrics = metrics;
        metrics.gaugeCollectionSize("holdfast.jobs.running", List.of(), running);
    }

    /** What this process works on just now. */
    Collection<JobAttempt> running() {
        return running;
    }

    void run(JobHandler handler, Ownership own) throws InterruptedException {
        try {
            Optional<JobAttempt> begun = Persistence.inTransaction(() -> begin(own));
            if (begun.isPresent()) {
                attempt(handler, begun.get());
            }
        } catch (LostOwnershipException e) {
            LOG.warnf("%s; what this worker did does not count", e.getMessage());
            count(own, "lost");
        }
    }

    private Optional<JobAttempt> begin(Ownership own) throws SQLException {
        table.requireOwnership(own);
        Optional<JobRecord> found = table.find(own);
        if (found.isEmpty()) {
            LOG.errorf("%s is due but nothing is known about it; it is removed", own);
            table.remove(own);
            return Optional.empty();
        }
        JobRecord job = found.get();
        Event<?> request = decode(job);
        Instant now = clock.instant();
        if (job.cancellation() != null) {
            JobAttempt never = new JobAttempt(own, job, request, job.attempts(), now, voice);
            never.stop(JobAttempt.Stop.CANCELLED);
            return Optional.of(never);
        }
        if (!leases.acquire(own, job)) {
            leases.noteWaiting(own, now);
            table.release(own, now.plus(NEXT_IN_LINE));
            return Optional.empty();
        }
        table.countAttempt(own, job.attempts() + 1);
        return Optional.of(new JobAttempt(own, job, request, job.attempts() + 1, now, voice));
    }

    private void attempt(JobHandler handler, JobAttempt attempt) throws InterruptedException {
        running.add(attempt);
        try {
            if (attempt.attempt() > MOST_STARTS) {
                fail(
                        handler,
                        attempt,
                        new Failure(
                                FailureCategory.INTERNAL,
                                "began " + MOST_STARTS + " times and never ended: its worker ended first each time",
                                "Look into the workers' logs and memory limits."));
                return;
            }
            EventData outcome = attempt.work(handler);
            ends.finish(attempt, handler, outcome);
            count(attempt.ownership(), "completed");
        } catch (LostOwnershipException e) {
            throw e;
        } catch (JobFailedException e) {
            stopOrFail(handler, attempt, e, e.failure());
        } catch (InterruptedException | JobStoppedException e) {
            stopOrFail(handler, attempt, e, internal(e));
        } catch (Throwable e) {
            if (attempt.stopped() == null) {
                LOG.errorf(e, "%s failed unexpectedly", attempt.ownership());
            }
            stopOrFail(handler, attempt, e, internal(e));
        } finally {
            running.remove(attempt);
            voice.silence(attempt);
        }
    }

    private void stopOrFail(JobHandler handler, JobAttempt attempt, Throwable cause, Failure failure)
            throws InterruptedException {
        JobAttempt.Stop stop = attempt.stopped();
        if (stop == null) {
            fail(handler, attempt, failure);
            return;
        }
        LOG.infof("%s stopped (%s): %s", attempt.ownership(), stop, cause.toString());
        switch (stop) {
            case LOST -> count(attempt.ownership(), "lost");
            case PROCESS_ENDS -> ends.giveBack(attempt.ownership());
            case CANCELLED -> {
                ends.finish(attempt, handler, handler.cancelled(attempt, cancellation(attempt)));
                count(attempt.ownership(), "cancelled");
            }
        }
    }

    private Cancellation cancellation(JobAttempt attempt) throws InterruptedException {
        return Persistence.untilDone(
                "the cancellation of " + attempt.ownership(),
                () -> table.find(attempt.ownership())
                        .map(JobRecord::cancellation)
                        .orElseThrow(() -> new LostOwnershipException(attempt.ownership())));
    }

    private void fail(JobHandler handler, JobAttempt attempt, Failure failure) throws InterruptedException {
        if (attempt.attempt() <= MOST_STARTS && ends.mayTryAgain(attempt, failure)) {
            Duration delay = ends.tryAgainLater(attempt, failure);
            LOG.warnf(
                    "%s failed at attempt %d (%s: %s), next one in %d s",
                    attempt.ownership(),
                    attempt.attempt(),
                    failure.category().wireName(),
                    failure.message(),
                    delay.toSeconds());
            count(attempt.ownership(), "retried");
            return;
        }
        LOG.warnf(
                "%s failed for good at attempt %d (%s: %s)",
                attempt.ownership(), attempt.attempt(), failure.category().wireName(), failure.message());
        ends.finish(attempt, handler, handler.failed(attempt, failure));
        count(attempt.ownership(), "failed");
    }

    private static Failure internal(Throwable e) {
        return new Failure(
                FailureCategory.INTERNAL,
                e.getMessage() == null ? e.getClass().getName() : e.getClass().getName() + ": " + e.getMessage(),
                "This is a defect of Holdfast unless the message says otherwise; the worker's log has the details.");
    }

    private Event<?> decode(JobRecord job) {
        return switch (codec.decode(job.request())) {
            case Decoded.Known known -> known.event();
            case Decoded.Unrecognised unrecognised ->
                throw new IllegalStateException("this version does not know " + unrecognised.type());
            case Decoded.Malformed malformed -> throw new IllegalStateException(malformed.cause());
        };
    }

    private void count(Ownership own, String outcome) {
        metrics.counter("holdfast.jobs.attempts", "kind", own.kind(), "outcome", outcome)
                .increment();
    }
}

package io.holdfast.runtime.jobs;

import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.EventType;
import io.holdfast.events.Failure;
import io.holdfast.runtime.configuration.HoldfastConfig;
import io.holdfast.runtime.database.AfterCommit;
import io.holdfast.runtime.database.Persistence;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Writes down how an attempt ended, in one transaction each, and only while the job is still this worker's. Waits for a database that is away.
 * Thread safe.
 */
@Singleton
class JobEnds {

    private final JobTable table;
    private final Leases leases;
    private final JobVoice voice;
    private final JobSignals signals;
    private final AfterCommit afterCommit;
    private final Clock clock;
    private final HoldfastConfig.Jobs settings;

    JobEnds(
            JobTable table,
            Leases leases,
            JobVoice voice,
            JobSignals signals,
            AfterCommit afterCommit,
            Clock clock,
            HoldfastConfig config) {
        this.table = table;
        this.leases = leases;
        this.voice = voice;
        this.signals = signals;
        this.afterCommit = afterCommit;
        this.clock = clock;
        this.settings = config.jobs();
    }

    /** The job is over: its row goes, its outcome is said. */
    void finish(JobAttempt attempt, JobHandler handler, EventData outcome) throws InterruptedException {
        Ownership own = attempt.ownership();
        EventType type = EventType.of(outcome);
        if (!handler.kind().outcomes().contains(type)) {
            throw new IllegalStateException("jobs of kind " + own.kind() + " do not end with " + type.wireName()
                    + " but with " + handler.kind().outcomes());
        }
        Event<?> request = attempt.request();
        Persistence.untilDone("the end of " + own, () -> {
            table.remove(own);
            leases.release(own, attempt.job(), clock.instant());
            voice.publishOutcome(request, outcome);
            afterCommit.then(signals::due);
            return own;
        });
    }

    boolean mayTryAgain(JobAttempt attempt, Failure failure) {
        return failure.category().retryable() && attempt.job().failures() + 1 < settings.attempts();
    }

    /**
     * The attempt failed and another one follows.
     *
     * @return how long after this one
     */
    Duration tryAgainLater(JobAttempt attempt, Failure failure) throws InterruptedException {
        Ownership own = attempt.ownership();
        int failures = attempt.job().failures() + 1;
        Duration delay = delayAfter(failures);
        Persistence.untilDone("the next attempt of " + own, () -> {
            Instant now = clock.instant();
            table.release(own, now.plus(delay));
            table.countFailure(own, failures, failure.category().wireName() + ": " + failure.message());
            leases.release(own, attempt.job(), now);
            afterCommit.then(signals::due);
            return own;
        });
        return delay;
    }

    /** The process ends: another one goes on at once. */
    void giveBack(Ownership own) throws InterruptedException {
        Persistence.untilDone("giving back " + own, () -> {
            table.release(own, clock.instant());
            return own;
        });
    }

    private Duration delayAfter(int failures) {
        Duration delay = settings.retryDelay().multipliedBy(1L << Math.min(failures - 1, 20));
        return delay.compareTo(settings.retryDelayLimit()) < 0 ? delay : settings.retryDelayLimit();
    }
}

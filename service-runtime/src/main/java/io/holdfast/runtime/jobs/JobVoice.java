package io.holdfast.runtime.jobs;

import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import io.holdfast.events.EventId;
import io.holdfast.events.EventType;
import io.holdfast.events.TargetId;
import io.holdfast.events.progress.Work;
import io.holdfast.runtime.database.Persistence;
import io.holdfast.runtime.identity.Instance;
import io.holdfast.runtime.outbox.Outbox;
import io.holdfast.runtime.progress.ProgressReporter;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What jobs say to the world: progress at any time, events only while the job is theirs. Thread safe. */
@Singleton
class JobVoice {

    private final JobTable table;
    private final Outbox outbox;
    private final ProgressReporter reporter;
    private final Instance instance;
    private final Clock clock;
    private final Map<String, Work> works = new ConcurrentHashMap<>();

    JobVoice(JobTable table, Outbox outbox, ProgressReporter reporter, Instance instance, Clock clock) {
        this.table = table;
        this.outbox = outbox;
        this.reporter = reporter;
        this.instance = instance;
        this.clock = clock;
    }

    String worker() {
        return instance.name();
    }

    void know(JobKind kind) {
        works.put(kind.name(), kind.work());
    }

    void progress(JobAttempt attempt, String phase, long bytesDone, @Nullable Long bytesTotal) {
        Work work = works.get(attempt.ownership().kind());
        if (work != null) {
            reporter.report(
                    attempt.request().id(),
                    new TargetId(attempt.request().data().subject()),
                    work,
                    phase,
                    bytesDone,
                    bytesTotal);
        }
    }

    void silence(JobAttempt attempt) {
        reporter.forget(attempt.request().id());
    }

    void publishNow(JobAttempt attempt, EventData data) {
        whileOwned(
                attempt,
                "an event",
                () -> outbox.publish(event(attempt.request(), data, Integer.toString(attempt.attempt()))));
    }

    void requireOwnership(JobAttempt attempt) {
        whileOwned(attempt, "a last look", () -> {});
    }

    private void whileOwned(JobAttempt attempt, String what, Runnable work) {
        Ownership own = attempt.ownership();
        try {
            Persistence.untilDone(what + " of " + own, () -> {
                table.requireOwnership(own);
                work.run();
                return own;
            });
        } catch (LostOwnershipException e) {
            attempt.stop(JobAttempt.Stop.LOST);
            throw new JobStoppedException("taken over by another worker");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobStoppedException("interrupted at " + what);
        } catch (RuntimeException e) {
            // An interrupt that comes while the database works comes out as a failure of the database.
            if (attempt.isCancelled()) {
                throw (JobStoppedException) new JobStoppedException("told to stop at " + what).initCause(e);
            }
            throw e;
        }
    }

    /** Says how the job ended, in the caller's transaction. */
    void publishOutcome(Event<?> request, EventData data) {
        outbox.publish(event(request, data, "outcome"));
    }

    private Event<?> event(Event<?> request, EventData data, String which) {
        EventId id = EventId.derived(request.id().value(), EventType.of(data).wireName(), which);
        return request.leadsTo(id, instance.source(), clock.instant(), data);
    }
}

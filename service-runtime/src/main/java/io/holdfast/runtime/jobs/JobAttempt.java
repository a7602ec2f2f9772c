package io.holdfast.runtime.jobs;

import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One attempt, from its start to its end in this process. The working thread is interrupted at most once, and never while
 * its end is written down.
 */
final class JobAttempt implements JobRun {

    /** Why an attempt is to stop. */
    enum Stop {
        CANCELLED("cancelled"),
        LOST("taken over by another worker"),
        PROCESS_ENDS("the process ends");

        private final String text;

        Stop(String text) {
            this.text = text;
        }
    }

    private static final Logger LOG = Logger.getLogger(JobAttempt.class);

    private final Ownership ownership;
    private final JobRecord job;
    private final Event<?> request;
    private final int attempt;
    private final Instant startedAt;
    private final JobVoice voice;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Thread worker;
    private volatile @Nullable Stop stop;

    JobAttempt(Ownership ownership, JobRecord job, Event<?> request, int attempt, Instant startedAt, JobVoice voice) {
        this.ownership = ownership;
        this.job = job;
        this.request = request;
        this.attempt = attempt;
        this.startedAt = startedAt;
        this.voice = voice;
    }

    /** Lets the handler work on the calling thread. */
    EventData work(JobHandler handler) throws JobFailedException, InterruptedException {
        lock.lock();
        try {
            throwIfCancelled();
            worker = Thread.currentThread();
        } finally {
            lock.unlock();
        }
        try {
            return handler.run(this);
        } finally {
            lock.lock();
            try {
                worker = null;
                // What is written down next must not be cut short by an interrupt that came too late.
                if (Thread.interrupted()) {
                    LOG.debugf("the interrupt of %s came when its work was over", ownership);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    void stop(Stop why) {
        lock.lock();
        try {
            if (stop == null || (why == Stop.LOST && stop != Stop.LOST)) {
                boolean first = stop == null;
                stop = why;
                if (first && worker != null) {
                    worker.interrupt();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    Stop stopped() {
        return stop;
    }

    Ownership ownership() {
        return ownership;
    }

    JobRecord job() {
        return job;
    }

    @Override
    public Event<?> request() {
        return request;
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public Instant startedAt() {
        return startedAt;
    }

    @Override
    public String worker() {
        return voice.worker();
    }

    @Override
    public boolean isCancelled() {
        return stop != null;
    }

    @Override
    public void throwIfCancelled() {
        Stop why = stop;
        if (why != null) {
            throw new JobStoppedException(why.text);
        }
    }

    @Override
    public void progress(String phase, long bytesDone, @Nullable Long bytesTotal) {
        voice.progress(this, phase, bytesDone, bytesTotal);
    }

    @Override
    public void publishNow(EventData data) {
        voice.publishNow(this, data);
    }

    @Override
    public void requireOwnership() {
        voice.requireOwnership(this);
    }
}

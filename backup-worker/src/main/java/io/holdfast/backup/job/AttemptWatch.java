package io.holdfast.backup.job;

import io.holdfast.runtime.jobs.JobRun;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Ends an attempt that was told to stop or has taken too long, by an action that also ends what cannot be interrupted.
 * Measures time by the monotonic clock: a wall clock that is set back or forth changes nothing.
 */
final class AttemptWatch implements AutoCloseable {
    private static final long GLANCE_MILLIS = 50;

    private final JobRun run;
    private final Duration limit;
    private final Runnable end;
    private final long began = System.nanoTime();
    private final Thread thread;
    private volatile boolean tooLong;

    AttemptWatch(JobRun run, Duration limit, Runnable end) {
        this.run = run;
        this.limit = limit;
        this.end = end;
        this.thread = Thread.ofVirtual().name("watch-of-" + run.request().id()).start(this::watch);
    }

    /** Whether it ended the attempt because of its duration. */
    boolean tookTooLong() {
        return tooLong;
    }

    private void watch() {
        try {
            while (!run.isCancelled()) {
                if (System.nanoTime() - began > limit.toNanos()) {
                    tooLong = true;
                    break;
                }
                TimeUnit.MILLISECONDS.sleep(GLANCE_MILLIS);
            }
            end.run();
        } catch (InterruptedException e) {
            // Closed: the attempt has ended.
            Thread.currentThread().interrupt();
        }
    }

    /** Stops watching; once this returns, the action is not running and will not. */
    @Override
    public void close() {
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

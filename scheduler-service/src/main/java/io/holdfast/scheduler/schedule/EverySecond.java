package io.holdfast.scheduler.schedule;

import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Does something again a second after it was done, by a clock that only goes forward. Quarkus' scheduler goes by the time of
 * day: set that back by an hour, and it rests for an hour. Thread safe.
 */
@Singleton
public class EverySecond {

    private static final Logger LOG = Logger.getLogger(EverySecond.class);
    private static final long LONGEST_STOP_SECONDS = 5;

    // Several: a configuration that waits for the database holds up no schedule.
    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(
            2, Thread.ofVirtual().name("every-second-", 0).factory());

    /** Does this each second from now on until the service stops, never twice at once. What it throws is logged. */
    public void call(String name, Runnable task) {
        executor.scheduleWithFixedDelay(() -> callOnce(name, task), 1, 1, TimeUnit.SECONDS);
    }

    void stop(@Observes ShutdownEvent stopped) throws InterruptedException {
        executor.shutdown();
        if (!executor.awaitTermination(LONGEST_STOP_SECONDS, TimeUnit.SECONDS)) {
            executor.shutdownNow();
        }
    }

    /** An executor would silently never come back to what threw. */
    private static void callOnce(String name, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.errorf(e, "%s failed, tried again in a second", name);
        }
    }
}

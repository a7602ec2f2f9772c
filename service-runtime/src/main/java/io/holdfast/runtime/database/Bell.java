package io.holdfast.runtime.database;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Wakes a thread that otherwise looks from time to time. Several rings count as one. Thread safe. */
public final class Bell {

    private final Semaphore rung = new Semaphore(0);

    public Bell() {}

    public void ring() {
        rung.release();
    }

    /** Waits for the next ring, but not longer than given. */
    public void await(Duration atMost) throws InterruptedException {
        if (rung.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            rung.drainPermits();
        }
    }
}

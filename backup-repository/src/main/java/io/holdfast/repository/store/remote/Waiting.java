package io.holdfast.repository.store.remote;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Time and chance, as retries need them.
 *
 * @param nanoTime a clock that never goes back, in nanoseconds
 * @param random safe for use by several threads
 */
public record Waiting(LongSupplier nanoTime, Sleeper sleeper, RandomGenerator random) {
    /** Passes time. */
    @FunctionalInterface
    public interface Sleeper {
        void sleep(Duration time) throws InterruptedException;
    }

    /** The machine's clock. */
    public static Waiting real() {
        return new Waiting(System::nanoTime, Thread::sleep, new java.util.Random());
    }
}

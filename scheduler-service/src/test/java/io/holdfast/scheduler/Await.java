package io.holdfast.scheduler;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for what has to happen, and fails with the last assertion when it does not. */
public final class Await {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Await() {}

    /** Tries an assertion until it holds. */
    public static void until(Runnable assertion) {
        until(() -> {
            assertion.run();
            return true;
        });
    }

    /** Tries until there is an answer without a failed assertion. */
    public static <T> T until(Supplier<T> look) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return look.get();
            } catch (AssertionError e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            }
        }
    }
}

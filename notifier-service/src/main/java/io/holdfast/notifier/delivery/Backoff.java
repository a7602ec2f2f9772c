package io.holdfast.notifier.delivery;

import java.time.Duration;

/**
 * How long to wait between attempts: doubling from a first wait up to a limit.
 *
 * @param first before the second attempt
 * @param limit never longer
 */
record Backoff(Duration first, Duration limit) {

    private static final int MOST_DOUBLINGS = 30;

    /** The wait after so many attempts. */
    Duration after(int attempts) {
        Duration wait = first;
        for (int i = 1; i < Math.min(attempts, MOST_DOUBLINGS) && wait.compareTo(limit) < 0; i++) {
            wait = wait.multipliedBy(2);
        }
        return wait.compareTo(limit) < 0 ? wait : limit;
    }
}

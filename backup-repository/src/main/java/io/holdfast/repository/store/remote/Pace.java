package io.holdfast.repository.store.remote;

import java.time.Duration;

/**
 * How fast requests follow each other once a store asked for fewer: each such answer doubles the distance between the
 * beginnings of requests, each good one shortens it by a sixteenth, until it is none again. Thread safe.
 */
final class Pace {
    private static final long SHORTEST = Duration.ofMillis(5).toNanos();
    private static final long LONGEST = Duration.ofSeconds(2).toNanos();

    private long distance;
    private long next;
    private long slowedAt;

    /** Takes the next place in the row; nanoseconds until it is due. */
    synchronized long reserve(long now) {
        if (distance == 0) {
            return 0;
        }
        long due = Math.max(now, next);
        next = due + distance;
        return due - now;
    }

    synchronized void slower(long now) {
        // Requests that ran side by side are refused together; that counts once.
        if (distance == 0 || now - slowedAt >= distance) {
            distance = Math.clamp(distance * 2, SHORTEST, LONGEST);
            next = now + distance;
            slowedAt = now;
        }
    }

    synchronized void faster() {
        distance -= distance / 16;
        if (distance < SHORTEST / 2) {
            distance = 0;
        }
    }
}

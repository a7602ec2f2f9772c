package io.holdfast.repository.window;

import io.holdfast.repository.wal.Lsn;
import java.time.Instant;
import java.util.Optional;

/**
 * A point in a cluster's history.
 *
 * @param timeline on which the position lies, unsigned 32 bits
 * @param time by the server's clock; empty where no sample tells it
 */
public record Moment(int timeline, Lsn lsn, Optional<Instant> time) {
    @Override
    public String toString() {
        return time.map(it -> it + " (" + position() + ")").orElseGet(this::position);
    }

    private String position() {
        return lsn + " on timeline " + Integer.toUnsignedString(timeline);
    }
}

package io.holdfast.repository.window;

import io.holdfast.repository.wal.Lsn;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * At a moment of the server's clock its log ended at a position: what was committed later lies behind it.
 *
 * @param time by the server's clock, to the microsecond
 * @param lsn up to where the server had flushed its log then
 */
public record WalTime(Instant time, Lsn lsn) {
    private static final Instant EARLIEST = Instant.EPOCH;
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999Z");

    /**
     * Cuts the time to microseconds, which is what PostgreSQL keeps.
     *
     * @throws IllegalArgumentException if the time is before 1970 or after 9999
     */
    public WalTime {
        if (time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
            throw new IllegalArgumentException("Not a server's time: " + time + " HINT: look at the server's clock.");
        }
        time = time.truncatedTo(ChronoUnit.MICROS);
    }

    /** Microseconds since 1970. */
    long micros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    static WalTime of(long micros, Lsn lsn) {
        return new WalTime(Instant.EPOCH.plus(micros, ChronoUnit.MICROS), lsn);
    }
}

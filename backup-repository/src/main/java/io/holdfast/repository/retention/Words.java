package io.holdfast.repository.retention;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/** How reasons speak of time. */
final class Words {
    private Words() {}

    /** A length of time, such as {@code 30 days} or {@code 90 minutes}. */
    static String of(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds % 86_400 == 0) {
            return number(seconds / 86_400, "day");
        }
        if (seconds % 3600 == 0) {
            return number(seconds / 3600, "hour");
        }
        return seconds % 60 == 0 ? number(seconds / 60, "minute") : number(seconds, "second");
    }

    private static String number(long number, String of) {
        return number + " " + of + (number == 1 ? "" : "s");
    }

    /** So long before; the beginning of all time if that is longer. */
    static Instant before(Instant time, Duration duration) {
        try {
            return time.minus(duration);
        } catch (DateTimeException | ArithmeticException e) {
            return Instant.MIN;
        }
    }
}

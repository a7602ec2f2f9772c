package io.holdfast.events.drill;

import org.jspecify.annotations.Nullable;

/**
 * One thing that a drill looked at.
 *
 * @param name     what
 * @param database where, if it was in a database
 * @param passed   whether it was as it has to be; absent: it was not looked at, and {@code detail} says why
 * @param detail   what was found, for people
 * @param reason   what the drill failed for, if it was not
 */
public record DrillCheck(
        String name,
        @Nullable String database,
        @Nullable Boolean passed,
        @Nullable String detail,
        @Nullable DrillReason reason) {

    /** Whether it was looked at and was not as it has to be. */
    public boolean failed() {
        return Boolean.FALSE.equals(passed);
    }
}

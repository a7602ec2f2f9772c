package io.holdfast.runtime.jobs;

import io.holdfast.events.wire.WireEvent;
import org.jspecify.annotations.Nullable;

/**
 * A job as it stands in the database.
 *
 * @param number       the order of submission
 * @param leaseKey     one at a time
 * @param request      the event that asked for it
 * @param attempts     how many have begun
 * @param failures     how many have failed
 * @param cancellation set once somebody wants it stopped
 */
record JobRecord(
        long number,
        String leaseKey,
        WireEvent request,
        int attempts,
        int failures,
        @Nullable Cancellation cancellation) {}

package io.holdfast.events.alert;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Tell everybody who can be told anything, so that it is seen whether that works.
 *
 * @param key         of this test alone
 * @param requestedBy who asks, for people
 * @param requestedAt when that was asked
 */
public record AlertTestRequested(AlertKey key, @Nullable String requestedBy, Instant requestedAt)
        implements AlertEvent {}

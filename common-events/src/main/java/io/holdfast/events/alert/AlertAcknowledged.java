package io.holdfast.events.alert;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Somebody looks after an open alert: nobody else is called, and it is not repeated, until it is resolved.
 *
 * @param key            that of the alert
 * @param by             who looks after it
 * @param comment        what that person says about it
 * @param acknowledgedAt when that was said
 */
public record AlertAcknowledged(
        AlertKey key, String by, @Nullable String comment, Instant acknowledgedAt) implements AlertEvent {}

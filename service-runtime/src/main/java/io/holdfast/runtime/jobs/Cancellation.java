package io.holdfast.runtime.jobs;

import org.jspecify.annotations.Nullable;

/**
 * Somebody wants a job stopped.
 *
 * @param requestedBy who, for people
 * @param reason      why, for people
 */
public record Cancellation(
        @Nullable String requestedBy, @Nullable String reason) {}

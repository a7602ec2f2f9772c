package io.holdfast.events.request;

import io.holdfast.events.EventId;
import io.holdfast.events.TargetId;
import org.jspecify.annotations.Nullable;

/**
 * Stop the work that a request started. Said on the topic that carried the request; too late is not an error.
 *
 * @param target      the request's target
 * @param request     the id of the request whose work is to stop
 * @param reason      why, for people
 * @param requestedBy who asks, for people
 */
public record CancellationRequested(
        TargetId target,
        EventId request,
        @Nullable String reason,
        @Nullable String requestedBy) implements RequestData {}

package io.holdfast.scheduler.request;

import io.holdfast.events.EventId;
import io.holdfast.events.EventIds;
import io.holdfast.scheduler.request.RequestRefusedException.Why;
import org.jspecify.annotations.Nullable;

/**
 * A caller's own name for a request: sent again with the same name it is the same request.
 *
 * @see <a href="https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header">The Idempotency-Key
 *     HTTP Header Field</a>
 */
public final class IdempotencyKey {

    private static final int MAX_LENGTH = 200;

    private IdempotencyKey() {}

    /**
     * The id of the request's event: derived from the key, or new without one.
     *
     * @param what the sort of request, so that one key may serve for several sorts
     */
    public static EventId toEventId(@Nullable String key, String what, EventIds ids) {
        if (key == null) {
            return ids.next();
        }
        if (key.isBlank() || key.length() > MAX_LENGTH) {
            throw new RequestRefusedException(
                    Why.INVALID, "the Idempotency-Key is empty or too long", "use 1 to 200 characters, such as a UUID");
        }
        return EventId.derived("idempotency-key", what, key);
    }
}

package io.holdfast.notifier.channel;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A message was not delivered. The message says why and ends with a hint; it holds no secret. */
public final class DeliveryException extends Exception {

    private final @Nullable Duration retryAfter;

    public DeliveryException(String message) {
        this(message, (Duration) null);
    }

    public DeliveryException(String message, Throwable cause) {
        super(message, cause);
        this.retryAfter = null;
    }

    /** @param retryAfter how long the receiver's side wants to be left alone */
    public DeliveryException(String message, @Nullable Duration retryAfter) {
        super(message);
        this.retryAfter = retryAfter;
    }

    /** How long the receiver's side wants to be left alone, if it says so. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}

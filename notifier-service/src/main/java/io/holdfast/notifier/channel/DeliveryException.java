package io.holdfast.notifier.channel;

/** A message was not delivered. The message says why and ends with a hint; it holds no secret. */
public final class DeliveryException extends Exception {

    public DeliveryException(String message) {
        super(message);
    }

    public DeliveryException(String message, Throwable cause) {
        super(message, cause);
    }
}

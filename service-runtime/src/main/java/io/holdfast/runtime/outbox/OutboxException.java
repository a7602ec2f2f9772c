package io.holdfast.runtime.outbox;

/** The outbox cannot be written. The caller's transaction is lost; its work has to be repeated. */
public final class OutboxException extends RuntimeException {

    OutboxException(String message, Throwable cause) {
        super(message, cause);
    }
}

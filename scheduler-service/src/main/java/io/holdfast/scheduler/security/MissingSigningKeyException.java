package io.holdfast.scheduler.security;

/** Nothing can be signed, because there is no key. The message ends with a hint. */
public final class MissingSigningKeyException extends Exception {

    MissingSigningKeyException(String message) {
        super(message);
    }

    MissingSigningKeyException(String message, Throwable cause) {
        super(message, cause);
    }
}

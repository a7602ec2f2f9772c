package io.holdfast.runtime.secrets;

/** A reference cannot be resolved. The message names the reference, never a secret, and ends with a hint. */
public final class SecretException extends RuntimeException {

    SecretException(String message) {
        super(message);
    }

    SecretException(String message, Throwable cause) {
        super(message, cause);
    }
}

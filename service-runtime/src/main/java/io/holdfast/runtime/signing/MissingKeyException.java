package io.holdfast.runtime.signing;

/** Nothing signed can be checked, because no key is pinned. Never a reason to act unchecked, nor to refuse for good. */
public final class MissingKeyException extends Exception {

    MissingKeyException(String message) {
        super(message);
    }

    MissingKeyException(String message, Throwable cause) {
        super(message, cause);
    }
}

package io.holdfast.runtime.intake;

/** An event is not to be acted on. */
public final class RefusedException extends RuntimeException {

    /** @param cause why, for the dead letter's header; without secrets */
    public RefusedException(String cause) {
        super(cause);
    }
}

package io.holdfast.runtime.intake;

/** The process ends before a record could be handled. It is not acknowledged, so that another process handles it. */
public final class IntakeStoppedException extends RuntimeException {

    IntakeStoppedException(String message) {
        super(message);
    }
}

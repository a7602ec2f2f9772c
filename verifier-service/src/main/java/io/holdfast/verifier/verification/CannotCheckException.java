package io.holdfast.verifier.verification;

import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A program that should look at a backup could not do so. Says nothing about the backup. */
public final class CannotCheckException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    CannotCheckException(FailureCategory category, String what, String hint, @Nullable Throwable cause) {
        super(what + " HINT: " + hint, cause);
        this.failure = new Failure(category, what, hint);
    }

    /** The same in the words of the event contract. */
    public Failure failure() {
        return failure;
    }
}

package io.holdfast.runtime.jobs;

import io.holdfast.events.Failure;
import org.jspecify.annotations.Nullable;

/** The work failed, and this is why. */
public final class JobFailedException extends Exception {

    private final transient Failure failure;

    public JobFailedException(Failure failure) {
        this(failure, null);
    }

    public JobFailedException(Failure failure, @Nullable Throwable cause) {
        super(failure.message(), cause);
        this.failure = failure;
    }

    public Failure failure() {
        return failure;
    }
}

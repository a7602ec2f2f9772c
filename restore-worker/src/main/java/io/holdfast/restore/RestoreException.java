package io.holdfast.restore;

import io.holdfast.events.Failure;
import io.holdfast.events.FailureCategory;
import io.holdfast.events.verification.Damage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A restore cannot go on. Holds what the failed event will say: no secrets. */
public final class RestoreException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Failure failure;
    private final transient List<Damage> damages;

    public RestoreException(FailureCategory category, String message, String hint) {
        this(category, message, hint, null);
    }

    public RestoreException(FailureCategory category, String message, String hint, @Nullable Throwable cause) {
        this(new Failure(category, message, hint), List.of(), cause);
    }

    public RestoreException(Failure failure, List<Damage> damages, @Nullable Throwable cause) {
        super(failure.message() + " HINT: " + failure.hint(), cause);
        this.failure = failure;
        this.damages = List.copyOf(damages);
    }

    public Failure failure() {
        return failure;
    }

    /** What is damaged in the repository, if that is why. */
    public List<Damage> damages() {
        return damages;
    }
}

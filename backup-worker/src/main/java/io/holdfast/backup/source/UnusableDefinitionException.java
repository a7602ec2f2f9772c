package io.holdfast.backup.source;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A target is defined in a way that cannot work; the same again fails the same way. Holds no secret. */
public final class UnusableDefinitionException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String what;
    private final String hint;

    public UnusableDefinitionException(String what, String hint, @Nullable Throwable cause) {
        super(what + " HINT: " + hint, cause);
        this.what = what;
        this.hint = hint;
    }

    public UnusableDefinitionException(String what, String hint) {
        this(what, hint, null);
    }

    /** What is wrong, without the hint. */
    public String what() {
        return what;
    }

    /** What to do about it. */
    public String hint() {
        return hint;
    }
}

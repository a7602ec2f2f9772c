package io.holdfast.runtime.secrets;

import org.jspecify.annotations.Nullable;

/** A reference cannot be resolved. The message names the reference, never a secret, and ends with a hint. */
public final class SecretException extends RuntimeException {

    private final String what;
    private final String hint;

    SecretException(String what, String hint, @Nullable Throwable cause) {
        super(what + ". HINT: " + hint, cause);
        this.what = what;
        this.hint = hint;
    }

    /** What went wrong, without a full stop. */
    public String what() {
        return what;
    }

    /** What a person can do about it. */
    public String hint() {
        return hint;
    }
}

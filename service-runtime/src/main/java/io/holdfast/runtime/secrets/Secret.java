package io.holdfast.runtime.secrets;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A secret in memory. Shows itself to nobody by accident: {@link #toString} says nothing. Immutable. */
public final class Secret {

    private final char[] value;

    public Secret(String value) {
        this.value = value.toCharArray();
    }

    /** The secret itself, for the one call that needs it. */
    public String reveal() {
        return new String(value);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret that && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return Secret.class.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }
}

package io.holdfast.backup.replication;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A password that cannot be printed: neither by {@link #toString} nor through a record that holds it. */
public final class Password {
    private final char[] characters;

    private Password(char[] characters) {
        this.characters = characters;
    }

    public static Password of(String text) {
        return new Password(text.toCharArray());
    }

    boolean isEmpty() {
        return characters.length == 0;
    }

    char[] reveal() {
        return characters.clone();
    }

    byte[] revealBytes() {
        return new String(characters).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Password password && Arrays.equals(characters, password.characters);
    }

    @Override
    public int hashCode() {
        // A constant: a hash of a secret would tell something of it.
        return Password.class.hashCode();
    }

    @Override
    public String toString() {
        return "(hidden)";
    }
}

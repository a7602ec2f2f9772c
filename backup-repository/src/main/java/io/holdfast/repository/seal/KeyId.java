package io.holdfast.repository.seal;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Names a key. It is derived from the key, so whoever holds a key knows whether it is the one that is named; it tells
 * nothing else about it.
 *
 * @param hex 32 lower-case hexadecimal digits, not all zeros: those stand for "not sealed" in headers
 */
public record KeyId(@JsonValue String hex) {
    /** Bytes of an identifier. */
    public static final int LENGTH = 16;

    private static final Pattern FORM = Pattern.compile("(?!0{32})[0-9a-f]{32}");

    @JsonCreator
    public KeyId {
        if (!isHex(hex)) {
            throw new IllegalArgumentException("Not the identifier of a key: it has 32 hexadecimal digits");
        }
    }

    /** Whether this is the hexadecimal form of an identifier. */
    public static boolean isHex(String text) {
        return FORM.matcher(text).matches();
    }

    /** The identifier of these 16 bytes. */
    public static KeyId of(byte[] bytes) {
        return new KeyId(HexFormat.of().formatHex(bytes));
    }

    /** The 16 bytes. */
    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    @Override
    public String toString() {
        return hex;
    }
}

package io.holdfast.repository.map;

import java.util.regex.Pattern;

/**
 * The digest that names a shared map: SHA-256 of its encoded form.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record MapId(String hex) {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

    public MapId {
        if (!FORM.matcher(hex).matches()) {
            throw new IllegalArgumentException("Not the digest of a map");
        }
    }
}

package io.holdfast.repository.map;

import java.util.regex.Pattern;

/**
 * Names a shared map by its content: the SHA-256 of its encoded form, or HMAC-SHA-256 where maps are sealed.
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

package io.holdfast.repository.map;

import java.util.Optional;
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

    /** The map of this name, if it is one. */
    public static Optional<MapId> of(String name) {
        return FORM.matcher(name).matches() ? Optional.of(new MapId(name)) : Optional.empty();
    }
}

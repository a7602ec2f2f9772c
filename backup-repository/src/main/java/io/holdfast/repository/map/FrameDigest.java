package io.holdfast.repository.map;

import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * The first 128 bits of the SHA-256 of a frame's stored bytes.
 *
 * @param high first eight bytes, big endian
 * @param low the next eight
 */
public record FrameDigest(long high, long low) {
    /** The digest of some bytes; {@code sha256} is used for it, and reset. */
    public static FrameDigest of(MessageDigest sha256, byte[] bytes, int from, int length) {
        sha256.update(bytes, from, length);
        ByteBuffer digest = ByteBuffer.wrap(sha256.digest());
        return new FrameDigest(digest.getLong(), digest.getLong());
    }
}

package io.holdfast.repository.map;

/**
 * The first 128 bits of the SHA-256 of a frame's stored bytes.
 *
 * @param high first eight bytes, big endian
 * @param low the next eight
 */
public record FrameDigest(long high, long low) {}

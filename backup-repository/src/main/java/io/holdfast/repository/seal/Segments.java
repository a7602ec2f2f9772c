package io.holdfast.repository.seal;

/**
 * The lengths and nonces of a body that is sealed in segments (as STREAM does: Hoang, Reyhanitabar, Rogaway, Vizár 2015).
 * A segment's nonce is its number as {@code u64}, then {@code u32} 1 for the last and 0 for the others. The key is the
 * object's own, so segments neither change places nor move to another object, and nothing can be cut off.
 */
final class Segments {
    /** Plain bytes of every segment but the last, which may have fewer. */
    static final int PLAIN = 64 << 10;

    /** Stored bytes of such a segment. */
    static final int STORED = PLAIN + AesGcm.TAG;

    static final int LAST = 1;
    static final int NOT_LAST = 0;

    private Segments() {}
}

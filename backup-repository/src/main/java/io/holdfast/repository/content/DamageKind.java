package io.holdfast.repository.content;

/** In what way stored bytes are not what was written. */
public enum DamageKind {
    /** The object is not there. */
    MISSING,
    /** The object ends too early, or is longer than it should be. */
    WRONG_LENGTH,
    /** A digest of stored or of decompressed bytes is another one. */
    WRONG_DIGEST,
    /** It cannot be understood: bad magic, broken structure, will not decompress. */
    UNREADABLE
}

package io.holdfast.repository.verify;

/** How deep a verification looks; each depth includes the ones before it. */
public enum VerificationDepth {
    /**
     * Every stored byte is read and agrees with its digest. Packs are neither opened nor decompressed, so it needs no data
     * keys and little time.
     */
    BYTES,
    /** Every frame opens and decompresses, and each page has its hash. */
    CONTENT
}

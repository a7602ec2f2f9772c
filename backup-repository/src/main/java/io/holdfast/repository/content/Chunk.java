package io.holdfast.repository.content;

/** The next bytes of a file. */
public sealed interface Chunk {
    /** How many bytes. */
    long length();

    /**
     * Bytes that passed every check.
     *
     * @param bytes valid until the next chunk is asked for
     */
    record Bytes(byte[] bytes, int offset, long length) implements Chunk {}

    /** Nothing but zeros. */
    record Zeros(long length) implements Chunk {}

    /** Bytes that lie where they belong already; only where a cursor was told of {@link PresentRuns}. */
    record Kept(long length) implements Chunk {}

    /** Bytes that are lost. */
    record Lost(Damage damage, long length) implements Chunk {}
}

package io.holdfast.repository.store.remote;

/**
 * How long the parts of an upload are, whose whole length nobody knows: they double after every thousand, so that an object
 * of 8 TB has 10,000 parts of first 8 MiB.
 *
 * @param first bytes of the first thousand parts
 */
public record PartSizes(int first) {
    private static final int SAME = 1000;
    private static final int LONGEST = 1 << 30;

    /** Bytes of a part; the first is number 1. */
    int of(int number) {
        long size = (long) first << Math.min((number - 1) / SAME, 20);
        return (int) Math.min(size, LONGEST);
    }
}

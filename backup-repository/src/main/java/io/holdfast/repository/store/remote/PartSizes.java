package io.holdfast.repository.store.remote;

/**
 * How long the parts of an upload are, whose whole length nobody knows: they double after every five hundred, up to 1 GiB, so
 * that 10,000 parts of first 8 MiB hold more than 5 TiB, the longest object of most stores.
 *
 * @param first bytes of the first five hundred parts
 */
public record PartSizes(int first) {
    private static final int SAME = 500;
    private static final int LONGEST = 1 << 30;

    /** Bytes of a part; the first is number 1. */
    int of(int number) {
        long size = (long) first << Math.min((number - 1) / SAME, 20);
        return (int) Math.min(size, LONGEST);
    }
}

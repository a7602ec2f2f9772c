package io.holdfast.repository.map;

import java.util.Arrays;

/** The hashes of consecutive pages, seeded XXH3-64. They find changed pages; integrity does not rest on them alone. */
public final class PageHashes {
    private final long[] hashes;

    private PageHashes(long[] hashes) {
        this.hashes = hashes;
    }

    /** Hashes in page order; copied. */
    public static PageHashes of(long... hashes) {
        return new PageHashes(hashes.clone());
    }

    /** How many pages. */
    public int count() {
        return hashes.length;
    }

    /** The hash of one page, from 0. */
    public long get(int page) {
        return hashes[page];
    }

    /** The hashes of {@code count} pages from the page {@code from} on. */
    public PageHashes slice(int from, int count) {
        return new PageHashes(Arrays.copyOfRange(hashes, from, from + count));
    }

    /** These and those behind them. */
    public PageHashes followedBy(PageHashes next) {
        long[] all = Arrays.copyOf(hashes, hashes.length + next.hashes.length);
        System.arraycopy(next.hashes, 0, all, hashes.length, next.hashes.length);
        return new PageHashes(all);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PageHashes that && Arrays.equals(hashes, that.hashes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(hashes);
    }

    @Override
    public String toString() {
        return "PageHashes[" + hashes.length + "]";
    }
}

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

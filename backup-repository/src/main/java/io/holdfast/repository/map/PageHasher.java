package io.holdfast.repository.map;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;

/** Hashes pages: XXH3-64 with a seed. Safe for use by several threads. */
public final class PageHasher {
    private final Hasher64 hasher;

    private PageHasher(Hasher64 hasher) {
        this.hasher = hasher;
    }

    /** Hashes with this seed. */
    public static PageHasher seeded(long seed) {
        return new PageHasher(Hashing.xxh3_64(seed));
    }

    /** The hashes of the pages of {@code length} bytes from {@code from} on; the last page may be short. */
    public PageHashes hash(byte[] bytes, int from, int length) {
        long[] hashes = new long[(length + FrameReference.PAGE - 1) / FrameReference.PAGE];
        for (int page = 0; page < hashes.length; page++) {
            int start = page * FrameReference.PAGE;
            hashes[page] = hasher.hashBytesToLong(bytes, from + start, Math.min(FrameReference.PAGE, length - start));
        }
        return PageHashes.of(hashes);
    }

    /** The hash of one of the pages of {@code length} bytes. */
    public long hashPage(byte[] bytes, int page, int length) {
        int start = page * FrameReference.PAGE;
        return hasher.hashBytesToLong(bytes, start, Math.min(FrameReference.PAGE, length - start));
    }
}

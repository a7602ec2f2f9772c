package io.holdfast.verifier.verification;

import io.holdfast.repository.verify.ContentSums;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;

/**
 * The CRC-32C of files, noted while their bytes were checked, so that comparing them needs no second reading. Four bytes for
 * each entry of the index, for the first four million; files behind those are read again. Safe for use by several threads.
 */
final class ReadSums implements ContentSums {

    private static final int MOST = 1 << 22;
    private static final int BLOCK = 1 << 14;

    private final List<int[]> blocks = new ArrayList<>();
    private final BitSet known = new BitSet();

    @Override
    public synchronized void add(long entry, int crc32c) {
        if (entry < MOST) {
            int at = (int) entry;
            while (blocks.size() <= at / BLOCK) {
                blocks.add(new int[BLOCK]);
            }
            blocks.get(at / BLOCK)[at % BLOCK] = crc32c;
            known.set(at);
        }
    }

    /** That of one entry; empty if it is not known. */
    synchronized OptionalInt of(long entry) {
        return entry < MOST && known.get((int) entry)
                ? OptionalInt.of(blocks.get((int) entry / BLOCK)[(int) entry % BLOCK])
                : OptionalInt.empty();
    }
}

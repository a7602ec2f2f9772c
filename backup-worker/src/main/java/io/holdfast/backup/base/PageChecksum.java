package io.holdfast.backup.base;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * PostgreSQL's page checksum: 32 interleaved FNV-1a sums over the page, mixed with the block's number.
 *
 * @see <a href="https://github.com/postgres/postgres/blob/master/src/include/storage/checksum_impl.h">checksum_impl.h</a>
 */
final class PageChecksum {
    static final int PAGE = 8192;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int LANES = 32;
    private static final int PRIME = 16777619;
    /** The checksum's own place in the page header, which counts as zero. */
    private static final int CHECKSUM_WORD = 2;

    private static final int[] OFFSETS = {
        0x5B1F36E9, 0xB8525960, 0x02AB50AA, 0x1DE66D2A, 0x79FF467A, 0x9BB9F8A3, 0x217E7CD2, 0x83E13D2C,
        0xF8D4474F, 0xE39EB970, 0x42C6AE16, 0x993216FA, 0x7B093B5D, 0x98DAFF3C, 0xF718902A, 0x0B1C9CDB,
        0xE58F764B, 0x187636BC, 0x5D7B3BB1, 0xE73DE7DE, 0x92BEC979, 0xCCA6C0B2, 0x304A0979, 0x85AA43D4,
        0x783125BB, 0x6CA8EAA2, 0xE407EAC6, 0x4B5CFC3E, 0x9FBF8C76, 0x15CA20BE, 0xF2CA9FD3, 0x959BD756
    };

    private PageChecksum() {}

    /**
     * Computes the checksum of the page that begins at an offset.
     *
     * @param block the page's number within its relation's fork, over all segments
     * @return 1 to 65535
     */
    static int of(byte[] bytes, int offset, int block) {
        int[] sums = OFFSETS.clone();
        for (int lane = 0; lane < LANES; lane++) {
            int value = (int) INT.get(bytes, offset + lane * Integer.BYTES);
            // pd_checksum is the lower half of the third word.
            sums[lane] = mix(sums[lane], lane == CHECKSUM_WORD ? value & 0xFFFF_0000 : value);
        }
        for (int at = offset + LANES * Integer.BYTES; at < offset + PAGE; at += LANES * Integer.BYTES) {
            for (int lane = 0; lane < LANES; lane++) {
                sums[lane] = mix(sums[lane], (int) INT.get(bytes, at + lane * Integer.BYTES));
            }
        }
        int result = 0;
        for (int lane = 0; lane < LANES; lane++) {
            // Two rounds of zeros, so that the last words are mixed as well as the first.
            result ^= mix(mix(sums[lane], 0), 0);
        }
        return Integer.remainderUnsigned(result ^ block, 65535) + 1;
    }

    private static int mix(int sum, int value) {
        int mixed = sum ^ value;
        return mixed * PRIME ^ mixed >>> 17;
    }
}

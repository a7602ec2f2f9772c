package io.holdfast.repository.encoding;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;

/** Small pieces of an index or map as one zstd frame each. */
public final class CompressedBlock {
    private static final int LEVEL = 3;

    private CompressedBlock() {}

    /** One zstd frame. */
    public static byte[] of(byte[] plain) {
        return Zstd.compress(plain, LEVEL);
    }

    /** The bytes in a zstd frame, which must be exactly so many. The caller has bounded {@code plainLength}. */
    public static byte[] decompress(byte[] stored, int plainLength) throws MalformedException {
        byte[] plain = new byte[plainLength];
        try {
            long count = Zstd.decompressByteArray(plain, 0, plainLength, stored, 0, stored.length);
            if (count != plainLength) {
                throw new MalformedException("a block decompresses to " + count + " bytes, not " + plainLength);
            }
            return plain;
        } catch (ZstdException e) {
            throw new MalformedException("a block does not decompress: " + e.getMessage(), e);
        }
    }
}

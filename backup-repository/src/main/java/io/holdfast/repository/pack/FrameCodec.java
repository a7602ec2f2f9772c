package io.holdfast.repository.pack;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.map.FrameDigest;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.PageHasher;
import io.holdfast.repository.seal.FrameCipher;
import io.holdfast.repository.seal.FrameSealing;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes frames; {@link FrameChecker} takes them apart. Holds native memory: one for each thread, closed at the end. Not
 * safe for use by several threads.
 */
public final class FrameCodec implements AutoCloseable {
    private static final byte[] ZEROS = new byte[FrameReference.PAGE * FrameReference.PAGES_PER_FRAME];

    private final PageHasher hasher;
    private final ZstdCompressCtx compressor = new ZstdCompressCtx();
    private final MessageDigest sha256 = Sha256.digest();
    private final FrameCipher cipher = new FrameCipher();
    private final @Nullable FrameSealing sealing;
    private byte[] unsealed = new byte[0];

    /**
     * A codec that compresses at {@code level} and hashes pages with {@code hasher}.
     *
     * @param sealing seals what is compressed; empty: nothing is sealed
     */
    public FrameCodec(int level, PageHasher hasher, Optional<FrameSealing> sealing) {
        this.hasher = hasher;
        this.sealing = sealing.orElse(null);
        // zstd's own checksum lets plain tools notice damage too.
        compressor.setLevel(level).setChecksum(true).setContentSize(true);
    }

    /** The most bytes that {@code plainLength} bytes can become. */
    public static int longestStored(int plainLength) {
        return Math.toIntExact(Zstd.compressBound(plainLength)) + FrameCipher.OVERHEAD;
    }

    /**
     * Compresses pages, and seals them.
     *
     * @param plain where they are: {@code length} bytes from {@code from} on, a multiple of the page size
     * @param stored where the stored bytes go, from {@code at} on; needs room for {@link #longestStored} of them
     */
    public CompressedFrame compress(byte[] plain, int from, int length, byte[] stored, int at) {
        if (isZero(plain, from, length)) {
            return new CompressedFrame.AllZeros((length + FrameReference.PAGE - 1) / FrameReference.PAGE);
        }
        int storedLength = sealing == null
                ? compressor.compressByteArray(stored, at, stored.length - at, plain, from, length)
                : seal(sealing, plain, from, length, stored, at);
        return new CompressedFrame.Stored(
                storedLength, FrameDigest.of(sha256, stored, at, storedLength), hasher.hash(plain, from, length));
    }

    private int seal(FrameSealing with, byte[] plain, int from, int length, byte[] stored, int at) {
        byte[] frame = room(longestStored(length));
        int frameLength = compressor.compressByteArray(frame, 0, frame.length, plain, from, length);
        return cipher.seal(with, frame, frameLength, stored, at);
    }

    /** Room for a frame between compressing and sealing. */
    private byte[] room(int length) {
        if (unsealed.length < length) {
            unsealed = new byte[length];
        }
        return unsealed;
    }

    /** The hash of one page of a frame. */
    public long hash(byte[] plain, int page, int plainLength) {
        return hasher.hashPage(plain, page, plainLength);
    }

    /** Whether these are nothing but zeros; at most a frame's length. */
    public static boolean isZero(byte[] bytes, int from, int length) {
        return Arrays.equals(bytes, from, from + length, ZEROS, 0, length);
    }

    @Override
    public void close() {
        compressor.close();
    }
}

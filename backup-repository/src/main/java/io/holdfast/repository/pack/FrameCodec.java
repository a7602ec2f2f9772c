package io.holdfast.repository.pack;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.Sha256;
import io.holdfast.repository.map.FrameDigest;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.PageHasher;
import io.holdfast.repository.seal.FrameCipher;
import io.holdfast.repository.seal.FrameOpening;
import io.holdfast.repository.seal.FrameSealing;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes frames and takes them apart. Holds native memory: one for each thread, closed at the end. Not safe for use by
 * several threads.
 */
public final class FrameCodec implements AutoCloseable {
    private static final byte[] ZEROS = new byte[FrameReference.PAGE * FrameReference.PAGES_PER_FRAME];

    private final PageHasher hasher;
    private final ZstdCompressCtx compressor = new ZstdCompressCtx();
    private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();
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
                storedLength, digest(stored, at, storedLength), hasher.hash(plain, from, length));
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

    /** Whether these are the stored bytes of a frame, from 0. */
    public boolean isIntact(FrameReference frame, byte[] stored) {
        return digest(stored, 0, frame.storedLength()).equals(frame.digest());
    }

    /**
     * Takes a frame's stored bytes apart.
     *
     * @param opening opens it
     * @param stored the stored bytes, from 0
     * @param plain where the plain bytes go, from 0
     * @throws MalformedException if they do not open, or do not decompress to the frame's length
     */
    public void decompress(FrameReference frame, FrameOpening opening, byte[] stored, byte[] plain)
            throws MalformedException {
        switch (opening) {
            case FrameOpening.Plain none -> decompress(frame, stored, frame.storedLength(), plain);
            case FrameOpening.With with -> {
                byte[] opened = room(frame.storedLength());
                decompress(frame, opened, open(frame, with, stored, opened), plain);
            }
        }
    }

    private int open(FrameReference frame, FrameOpening.With with, byte[] stored, byte[] opened)
            throws MalformedException {
        try {
            return cipher.open(with, stored, frame.storedLength(), opened);
        } catch (MalformedException e) {
            throw new MalformedException("the frame at byte " + frame.offset() + ": " + e.getMessage(), e);
        }
    }

    private void decompress(FrameReference frame, byte[] compressed, int length, byte[] plain)
            throws MalformedException {
        try {
            int count = decompressor.decompressByteArray(plain, 0, frame.plainLength(), compressed, 0, length);
            if (count != frame.plainLength()) {
                throw new MalformedException("the frame at byte " + frame.offset() + " decompresses to " + count
                        + " bytes, not " + frame.plainLength());
            }
        } catch (ZstdException e) {
            throw new MalformedException("the frame at byte " + frame.offset() + " does not decompress", e);
        }
    }

    /** The hash of one page of a frame. */
    public long hash(byte[] plain, int page, int plainLength) {
        return hasher.hashPage(plain, page, plainLength);
    }

    private FrameDigest digest(byte[] stored, int at, int length) {
        sha256.update(stored, at, length);
        ByteBuffer digest = ByteBuffer.wrap(sha256.digest());
        return new FrameDigest(digest.getLong(), digest.getLong());
    }

    /** Whether these are nothing but zeros; at most a frame's length. */
    public static boolean isZero(byte[] bytes, int from, int length) {
        return Arrays.equals(bytes, from, from + length, ZEROS, 0, length);
    }

    @Override
    public void close() {
        compressor.close();
        decompressor.close();
    }
}

package io.holdfast.repository.pack;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.seal.FrameCipher;
import io.holdfast.repository.seal.FrameOpening;
import org.jspecify.annotations.Nullable;

/** Opens and decompresses frames. Holds native memory, closed at the end. Not safe for use by several threads. */
final class FrameOpener implements AutoCloseable {
    private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();
    private @Nullable FrameCipher cipher;
    private byte[] unsealed = new byte[0];

    /**
     * Takes a frame's stored bytes apart.
     *
     * @param opening opens it
     * @param stored the stored bytes, from {@code from} on
     * @param plain where the plain bytes go, from 0
     * @throws MalformedException if they do not open, or do not decompress to the frame's length
     */
    void open(FrameReference frame, FrameOpening opening, byte[] stored, int from, byte[] plain)
            throws MalformedException {
        switch (opening) {
            case FrameOpening.Plain none -> decompress(frame, stored, from, frame.storedLength(), plain);
            case FrameOpening.With with -> {
                int length = unseal(frame, with, stored, from);
                decompress(frame, unsealed, 0, length, plain);
            }
        }
    }

    private int unseal(FrameReference frame, FrameOpening.With with, byte[] stored, int from)
            throws MalformedException {
        if (unsealed.length < frame.storedLength()) {
            unsealed = new byte[frame.storedLength()];
        }
        FrameCipher unsealing = cipher == null ? new FrameCipher() : cipher;
        cipher = unsealing;
        try {
            return unsealing.open(with, stored, from, frame.storedLength(), unsealed);
        } catch (MalformedException e) {
            throw new MalformedException("the frame at byte " + frame.offset() + ": " + e.getMessage(), e);
        }
    }

    private void decompress(FrameReference frame, byte[] compressed, int from, int length, byte[] plain)
            throws MalformedException {
        try {
            int count = decompressor.decompressByteArray(plain, 0, frame.plainLength(), compressed, from, length);
            if (count != frame.plainLength()) {
                throw new MalformedException("the frame at byte " + frame.offset() + " decompresses to " + count
                        + " bytes, not " + frame.plainLength());
            }
        } catch (ZstdException e) {
            throw new MalformedException("the frame at byte " + frame.offset() + " does not decompress", e);
        }
    }

    @Override
    public void close() {
        decompressor.close();
    }
}

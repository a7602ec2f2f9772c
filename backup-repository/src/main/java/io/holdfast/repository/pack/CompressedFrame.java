package io.holdfast.repository.pack;

import io.holdfast.repository.map.FrameDigest;
import io.holdfast.repository.map.PageHashes;

/** What became of a frame's plain bytes. */
public sealed interface CompressedFrame {
    /** Nothing but zeros; nothing is stored. */
    record AllZeros(int pages) implements CompressedFrame {}

    /**
     * Stored bytes lie in the buffer that was handed in.
     *
     * @param storedLength how many
     */
    record Stored(int storedLength, FrameDigest digest, PageHashes pageHashes) implements CompressedFrame {}
}

package io.holdfast.repository.seal;

import io.holdfast.repository.encoding.MalformedException;
import java.nio.ByteBuffer;

/**
 * Seals and opens frames: {@code u64} number, then AES-256-GCM of the frame with the number and four zeros as nonce. Not
 * safe for use by several threads.
 */
public final class FrameCipher {
    /** Bytes by which sealing lengthens a frame. */
    public static final int OVERHEAD = Long.BYTES + AesGcm.TAG;

    private final AesGcm cipher = new AesGcm();

    /** Seals the first {@code length} bytes of {@code frame} into another array, from {@code at} on; gives the length there. */
    public int seal(FrameSealing sealing, byte[] frame, int length, byte[] sealed, int at) {
        long number = sealing.nextNumber();
        ByteBuffer.wrap(sealed).putLong(at, number);
        return Long.BYTES + cipher.seal(sealing.key(), number, 0, frame, 0, length, sealed, at + Long.BYTES);
    }

    /** Opens {@code length} bytes of {@code sealed}, from {@code from} on, into another array; gives the frame's length. */
    public int open(FrameOpening.With opening, byte[] sealed, int from, int length, byte[] frame)
            throws MalformedException {
        if (length < OVERHEAD) {
            throw new MalformedException("a sealed frame of " + length + " bytes is too short");
        }
        long number = ByteBuffer.wrap(sealed).getLong(from);
        return cipher.open(opening.key(), number, 0, sealed, from + Long.BYTES, length - Long.BYTES, frame, 0);
    }
}

package io.holdfast.repository.seal;

import io.holdfast.repository.encoding.ObjectHeader;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals the frames of one attempt. They are sealed where they are compressed, by several threads and before anybody knows
 * which pack they go to; so they are numbered through the whole attempt, and the number, which is the nonce, lies in front
 * of each. No number comes twice, and the key is that of this attempt alone. Safe for use by several threads.
 */
public final class FrameSealing {
    /** Beyond this, AES-GCM's bounds would come near: half a pebibyte of full frames. */
    private static final long MOST_FRAMES = 1L << 32;

    private final ObjectHeader header;
    private final SecretKeySpec key;
    private final AtomicLong next = new AtomicLong();

    FrameSealing(ObjectHeader header, SecretKeySpec key) {
        this.header = header;
        this.key = key;
    }

    /** What every pack of the attempt begins with. */
    public byte[] header() {
        return header.bytes();
    }

    /** Names the data key. */
    public KeyId keyId() {
        return KeyId.of(header.key());
    }

    SecretKeySpec key() {
        return key;
    }

    long nextNumber() {
        long number = next.getAndIncrement();
        if (number >= MOST_FRAMES) {
            throw new IllegalStateException("One attempt seals at most " + MOST_FRAMES + " frames");
        }
        return number;
    }
}

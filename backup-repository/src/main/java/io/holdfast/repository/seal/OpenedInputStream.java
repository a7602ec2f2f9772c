package io.holdfast.repository.seal;

import io.holdfast.repository.encoding.MalformedException;
import java.io.IOException;
import java.io.InputStream;
import javax.crypto.spec.SecretKeySpec;

/**
 * The plain bytes of a sealed body. No byte comes out before its segment was found to be untouched; the end is an end only
 * behind the last segment. What is wrong comes out as {@link SealBrokenException}.
 */
final class OpenedInputStream extends InputStream {
    private final InputStream in;
    private final SecretKeySpec key;
    private final AesGcm cipher = new AesGcm();
    private final byte[] plain = new byte[Segments.PLAIN];
    private byte[] sealed = new byte[Segments.STORED];
    private byte[] ahead = new byte[Segments.STORED];
    private int aheadLength = -1;
    private int filled;
    private int taken;
    private long segment;
    private boolean ended;

    OpenedInputStream(InputStream in, SecretKeySpec key) {
        this.in = in;
        this.key = key;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (taken == filled) {
            if (ended) {
                return -1;
            }
            open();
        }
        int count = Math.min(length, filled - taken);
        System.arraycopy(plain, taken, bytes, offset, count);
        taken += count;
        return count;
    }

    /** Opens the next segment; it is the last one if nothing comes behind it. */
    private void open() throws IOException {
        if (aheadLength < 0) {
            aheadLength = in.readNBytes(ahead, 0, ahead.length);
        }
        byte[] present = ahead;
        int length = aheadLength;
        ahead = sealed;
        sealed = present;
        aheadLength = length < Segments.STORED ? 0 : in.readNBytes(ahead, 0, ahead.length);
        boolean last = aheadLength == 0;
        try {
            filled =
                    cipher.open(key, segment++, last ? Segments.LAST : Segments.NOT_LAST, present, 0, length, plain, 0);
        } catch (MalformedException e) {
            throw new SealBrokenException(e);
        }
        taken = 0;
        ended = last;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}

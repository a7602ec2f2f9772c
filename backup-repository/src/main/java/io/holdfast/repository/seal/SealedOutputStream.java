package io.holdfast.repository.seal;

import java.io.IOException;
import java.io.OutputStream;
import javax.crypto.spec.SecretKeySpec;

/** Seals what is written, segment by segment. Closing writes the last segment, and closes what is below. */
final class SealedOutputStream extends OutputStream {
    private final OutputStream out;
    private final SecretKeySpec key;
    private final AesGcm cipher = new AesGcm();
    private final byte[] plain = new byte[Segments.PLAIN];
    private final byte[] sealed = new byte[Segments.STORED];
    private int filled;
    private long segment;
    private boolean closed;

    SealedOutputStream(OutputStream out, SecretKeySpec key) {
        this.out = out;
        this.key = key;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (closed) {
            throw new IOException("The sealed body is complete");
        }
        int taken = 0;
        while (taken < length) {
            // Whether a full segment is the last one is known only when more comes.
            if (filled == plain.length) {
                seal(Segments.NOT_LAST);
            }
            int count = Math.min(length - taken, plain.length - filled);
            System.arraycopy(bytes, offset + taken, plain, filled, count);
            filled += count;
            taken += count;
        }
    }

    private void seal(int last) throws IOException {
        int length = cipher.seal(key, segment++, last, plain, 0, filled, sealed, 0);
        out.write(sealed, 0, length);
        filled = 0;
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            seal(Segments.LAST);
            out.close();
        }
    }
}

package io.holdfast.backup.archive;

import io.holdfast.repository.encoding.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;

/** What arrives of a file, counted and digested on its way, so that the sender can compare. For one thread. */
final class ReceivedFile extends InputStream {
    private final InputStream content;
    private final MessageDigest digest = Sha256.digest();
    private long length;

    ReceivedFile(InputStream content) {
        this.content = content;
    }

    @Override
    public int read() throws IOException {
        int one = content.read();
        if (one >= 0) {
            digest.update((byte) one);
            length++;
        }
        return one;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        int read = content.read(bytes, offset, count);
        if (read > 0) {
            digest.update(bytes, offset, read);
            length += read;
        }
        return read;
    }

    /**
     * Reads what is left, and says what all of it was; once.
     *
     * @return length in bytes and SHA-256 in lower-case hexadecimal digits, a space between them
     */
    String summary() throws IOException {
        transferTo(OutputStream.nullOutputStream());
        return length + " " + Sha256.hex(digest);
    }
}

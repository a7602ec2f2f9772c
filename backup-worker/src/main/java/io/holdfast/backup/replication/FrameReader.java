package io.holdfast.backup.replication;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * Cuts what the server sends into messages: a type byte, a length that counts itself, a body. A length beyond what the
 * type can need is refused before anything is allocated. Not thread-safe.
 */
final class FrameReader {
    /** A WAL message is at most 128 KiB and a few bytes, an archive's at most 32 KiB; error reports are shorter. */
    static final int LONGEST = 1 << 20;

    /** A row may hold a whole timeline history file. */
    static final int LONGEST_ROW = 16 << 20;

    private static final int HEADER = 5;

    private final InputStream in;
    private final byte[] header = new byte[HEADER];
    private byte[] body = new byte[64 << 10];

    FrameReader(InputStream in) {
        this.in = new BufferedInputStream(in, 64 << 10);
    }

    /**
     * Reads one message.
     *
     * @return the message, whose body is valid until the next call
     * @throws EOFException where the connection ends
     */
    Frame next() throws IOException {
        readFully(header, HEADER);
        ByteBuffer head = ByteBuffer.wrap(header);
        byte type = head.get();
        int length = head.getInt() - 4;
        int longest = type == 'D' ? LONGEST_ROW : LONGEST;
        if (length < 0 || length > longest) {
            throw ReplicationException.protocol(
                    "a message of type 0x%02x and impossible length %d".formatted(type, length + 4L));
        }
        if (length > body.length) {
            body = new byte[Math.max(length, Math.min(longest, body.length * 2))];
        }
        readFully(body, length);
        return new Frame((char) (type & 0xFF), ByteBuffer.wrap(body, 0, length));
    }

    private void readFully(byte[] into, int length) throws IOException {
        if (in.readNBytes(into, 0, length) < length) {
            throw new EOFException("the server closed the connection");
        }
    }

    /** A message's type and body. */
    record Frame(char type, ByteBuffer body) {}
}

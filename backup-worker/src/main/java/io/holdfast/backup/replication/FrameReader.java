package io.holdfast.backup.replication;

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

    /** Small enough to stay in a processor's own cache until the bytes are used. */
    private static final int READ_AT_ONCE = 128 << 10;

    private final InputStream in;
    private byte[] buffer = new byte[READ_AT_ONCE];
    /** Where the next message begins. */
    private int start;
    /** Behind the last byte that was read. */
    private int end;

    FrameReader(InputStream in) {
        this.in = in;
    }

    /**
     * Reads one message.
     *
     * @return the message, whose body is valid until the next call
     * @throws EOFException where the connection ends
     */
    Frame next() throws IOException {
        need(HEADER);
        ByteBuffer head = ByteBuffer.wrap(buffer, start, HEADER);
        byte type = head.get();
        int length = head.getInt() - 4;
        int longest = type == 'D' ? LONGEST_ROW : LONGEST;
        if (length < 0 || length > longest) {
            throw ReplicationException.protocol(
                    "a message of type 0x%02x and impossible length %d".formatted(type, length + 4L));
        }
        need(HEADER + length);
        int body = start + HEADER;
        start = body + length;
        return new Frame((char) (type & 0xFF), ByteBuffer.wrap(buffer, body, length));
    }

    /** Reads until so many bytes from the message's start on are there. */
    private void need(int length) throws IOException {
        if (start == end || start + length > buffer.length) {
            byte[] roomy = length > buffer.length ? new byte[Math.max(length, buffer.length * 2)] : buffer;
            System.arraycopy(buffer, start, roomy, 0, end - start);
            buffer = roomy;
            end -= start;
            start = 0;
        }
        while (end - start < length) {
            int count = in.read(buffer, end, buffer.length - end);
            if (count < 0) {
                throw new EOFException("the server closed the connection");
            }
            end += count;
        }
    }

    /** A message's type and body. */
    record Frame(char type, ByteBuffer body) {}
}

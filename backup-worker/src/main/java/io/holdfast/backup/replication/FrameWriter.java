package io.holdfast.backup.replication;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/** Writes messages to the server, each in one piece, from any thread. */
final class FrameWriter {
    private final OutputStream out;
    // A lock rather than synchronized, which pins virtual threads to their carriers before JDK 24.
    private final ReentrantLock lock = new ReentrantLock();

    FrameWriter(OutputStream out) {
        this.out = out;
    }

    /** A message with a type byte. */
    void send(char type, byte[] body) throws IOException {
        write(ByteBuffer.allocate(5 + body.length)
                .put((byte) type)
                .putInt(4 + body.length)
                .put(body)
                .array());
    }

    /** One of the messages that open a connection: without a type. */
    void sendUntyped(byte[] body) throws IOException {
        write(ByteBuffer.allocate(4 + body.length)
                .putInt(4 + body.length)
                .put(body)
                .array());
    }

    /** A text ended by a zero byte, as most messages carry. */
    static byte[] text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(bytes, bytes.length + 1);
    }

    private void write(byte[] message) throws IOException {
        lock.lock();
        try {
            out.write(message);
            out.flush();
        } finally {
            lock.unlock();
        }
    }
}

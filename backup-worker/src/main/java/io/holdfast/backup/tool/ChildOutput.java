package io.holdfast.backup.tool;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a child writes, read by a thread of its own: reading from a pipe cannot be interrupted nor given a limit, and a
 * process that the child left behind may keep the pipe open for as long as it likes. Waiting for what was read can be.
 * Holds at most two buffers. For one taker.
 */
final class ChildOutput implements AutoCloseable {
    private static final int BUFFER_BYTES = 128 << 10;
    private static final int BUFFERS = 2;

    private final BlockingQueue<Piece> filled = new ArrayBlockingQueue<>(BUFFERS + 1);
    private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(BUFFERS);
    private final Thread reader;

    /**
     * One reading.
     *
     * @param length of what was read; below 0 at the end
     * @param failure what reading threw
     */
    record Piece(byte[] bytes, int length, @Nullable IOException failure) {
        boolean isEnd() {
            return length < 0;
        }
    }

    ChildOutput(InputStream from, String name) {
        for (int i = 0; i < BUFFERS; i++) {
            free.add(new byte[BUFFER_BYTES]);
        }
        reader = Thread.ofVirtual().name(name).start(() -> read(from));
    }

    private void read(InputStream from) {
        try {
            Piece piece;
            do {
                piece = next(from, free.take());
                filled.put(piece);
            } while (!piece.isEnd());
        } catch (InterruptedException e) {
            // Closed: nobody takes any more.
            Thread.currentThread().interrupt();
        }
    }

    private static Piece next(InputStream from, byte[] buffer) {
        try {
            return new Piece(buffer, from.read(buffer), null);
        } catch (IOException e) {
            return new Piece(buffer, -1, e);
        }
    }

    /** The next piece; null if there is none within the time. To be given back. */
    @Nullable
    Piece poll(Duration time) throws InterruptedException {
        return filled.poll(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    void giveBack(Piece piece) {
        free.add(piece.bytes());
    }

    /** Ends the reading as soon as the pipe lets it. */
    @Override
    public void close() {
        reader.interrupt();
    }
}

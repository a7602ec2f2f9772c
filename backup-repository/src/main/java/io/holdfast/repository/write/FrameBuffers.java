package io.holdfast.repository.write;

import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.pack.FrameCodec;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The bound of a writer's memory: so many buffers, each with room for a frame's plain and stored bytes. */
final class FrameBuffers {
    private static final int PLAIN = FrameReference.PAGE * FrameReference.PAGES_PER_FRAME;
    // Changed pages may become several frames; those of a page each need the most room.
    private static final int STORED = FrameReference.PAGES_PER_FRAME * FrameCodec.longestStored(FrameReference.PAGE);

    /** Memory of one frame in flight. */
    static final int BYTES_PER_FRAME = PLAIN + STORED;

    private final Semaphore permits;
    /** The last one used is the first to be used again: it may still be in a processor's cache. */
    private final Deque<FrameBuffer> free = new ConcurrentLinkedDeque<>();

    private final int count;
    private final AtomicLong inFlight = new AtomicLong();

    FrameBuffers(long memoryBytes) {
        count = (int) Math.min(memoryBytes / BYTES_PER_FRAME, 1 << 16);
        permits = new Semaphore(count);
    }

    /** A frame's bytes on their way; passed from thread to thread, never shared. */
    static final class FrameBuffer {
        final byte[] plain = new byte[PLAIN];
        final byte[] stored = new byte[STORED];
        int length;

        boolean isFull() {
            return length == PLAIN;
        }
    }

    /** How many there may be. */
    int count() {
        return count;
    }

    /** An empty buffer, or null if there was none for so long. */
    @Nullable
    FrameBuffer poll(int millis) throws InterruptedException {
        if (!permits.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
            return null;
        }
        inFlight.addAndGet(BYTES_PER_FRAME);
        FrameBuffer buffer = free.poll();
        return buffer == null ? new FrameBuffer() : buffer;
    }

    void giveBack(FrameBuffer buffer) {
        buffer.length = 0;
        free.push(buffer);
        inFlight.addAndGet(-BYTES_PER_FRAME);
        permits.release();
    }

    long bytesInFlight() {
        return inFlight.get();
    }
}

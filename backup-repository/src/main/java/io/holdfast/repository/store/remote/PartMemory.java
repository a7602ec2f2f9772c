package io.holdfast.repository.store.remote;

import java.util.concurrent.Semaphore;

/**
 * Bounds the bytes of a store's parts that are on their way at once, over all its uploads. A part longer than the bound
 * goes alone. Thread safe.
 */
public final class PartMemory {
    private final int most;
    private final Semaphore free;

    /** Room for so many bytes. */
    public PartMemory(long bytes) {
        most = kib(bytes);
        free = new Semaphore(most, true);
    }

    private static int kib(long bytes) {
        return Math.toIntExact(Math.max(1, bytes + 1023 >> 10));
    }

    void take(int bytes) throws InterruptedException {
        free.acquire(Math.min(kib(bytes), most));
    }

    void giveBack(int bytes) {
        free.release(Math.min(kib(bytes), most));
    }
}

package io.holdfast.scheduler.catalog;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Lets callers wait until the catalog says what they wait for. Thread safe; to be used on virtual threads. */
@Singleton
public class CatalogChanges {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long count;

    void signal() {
        lock.lock();
        try {
            count++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Looks again after each change, until it is good or the time is over; answers what it saw last. */
    public <T> T await(Supplier<T> look, Predicate<T> good, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (true) {
            long before = seen();
            T value = look.get();
            long left = end - System.nanoTime();
            if (good.test(value) || left <= 0) {
                return value;
            }
            awaitChange(before, left);
        }
    }

    private long seen() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }

    private void awaitChange(long before, long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (count == before && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}

package io.holdfast.repository.content;

import io.holdfast.repository.map.PageHasher;
import io.holdfast.repository.pack.FrameChecker;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Checkers that are used again by one task after the other: making one costs more than checking a small file. As many as
 * tasks run at once. Safe for use by several threads.
 */
public final class FrameCheckers implements AutoCloseable {
    private final PageHasher hasher;
    private final Queue<FrameChecker> idle = new ConcurrentLinkedQueue<>();

    public FrameCheckers(PageHasher hasher) {
        this.hasher = hasher;
    }

    /** One that nobody else uses until it is given back. */
    public FrameChecker take() {
        FrameChecker checker = idle.poll();
        return checker == null ? new FrameChecker(hasher) : checker;
    }

    public void giveBack(FrameChecker checker) {
        idle.add(checker);
    }

    /** To be called when no task runs any more. */
    @Override
    public void close() {
        idle.forEach(FrameChecker::close);
        idle.clear();
    }
}

package io.holdfast.backup.tool;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stops a child that has run into a limit, or whose reader was interrupted. Needed because reading from a pipe cannot be
 * interrupted: the end of the child is what ends the reading.
 */
final class ChildWatch {
    private static final long GLANCE_MILLIS = 50;

    private final ProcessHandle child;
    private final Thread reader;
    private final ToolLimits limits;
    private final long startedAt = System.nanoTime();
    private volatile long listeningSince = startedAt;
    private volatile boolean listening = true;
    private volatile boolean ended;
    private volatile @Nullable Overrun overrun;

    private enum Overrun {
        SILENT,
        TOO_LONG
    }

    private ChildWatch(ProcessHandle child, Thread reader, ToolLimits limits) {
        this.child = child;
        this.reader = reader;
        this.limits = limits;
    }

    static ChildWatch over(ProcessHandle child, Thread reader, ToolLimits limits) {
        ChildWatch watch = new ChildWatch(child, reader, limits);
        Thread.ofVirtual().name("watch-of-", child.pid()).start(watch::watch);
        return watch;
    }

    /** From now on the child is waited for. */
    void listening() {
        listeningSince = System.nanoTime();
        listening = true;
    }

    /** The child has written something, which is now being taken: its silence does not count meanwhile. */
    void heard() {
        listening = false;
    }

    void end() {
        ended = true;
    }

    void throwIfStuck(String name, ErrorTail tail) throws ToolException {
        Overrun found = overrun;
        if (found != null) {
            switch (found) {
                case SILENT ->
                    throw new ToolException.Stuck(
                            name, "wrote nothing for too long", limits.silence(), tail.lastLines());
                case TOO_LONG -> throw new ToolException.Stuck(name, "took too long", limits.total(), tail.lastLines());
            }
        }
    }

    private void watch() {
        try {
            while (!ended && child.isAlive()) {
                long now = System.nanoTime();
                if (listening && isOver(now - listeningSince, limits.silence())) {
                    overrun = Overrun.SILENT;
                } else if (isOver(now - startedAt, limits.total())) {
                    overrun = Overrun.TOO_LONG;
                }
                if (overrun != null || reader.isInterrupted()) {
                    child.descendants().forEach(ProcessHandle::destroyForcibly);
                    child.destroyForcibly();
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(GLANCE_MILLIS);
            }
        } catch (InterruptedException e) {
            // Nobody interrupts this thread; should it happen, the child must not go on unwatched.
            child.destroyForcibly();
        }
    }

    private static boolean isOver(long nanos, Duration limit) {
        return nanos > limit.toNanos();
    }
}

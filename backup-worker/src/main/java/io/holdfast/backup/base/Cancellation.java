package io.holdfast.backup.base;

import io.holdfast.backup.replication.FailureCause;
import io.holdfast.backup.replication.ReplicationException;
import java.util.ArrayList;
import java.util.List;

/** Ends a running backup from another thread. Thread-safe; asking twice is as once. */
public final class Cancellation {
    private static final String WHAT = "The backup was cancelled.";
    private static final String HINT = "Run it again when it is wanted.";

    private final List<Runnable> actions = new ArrayList<>();
    private boolean cancelled;

    /** Asks for the end; returns at once. */
    public void cancel() {
        List<Runnable> due;
        synchronized (this) {
            cancelled = true;
            due = List.copyOf(actions);
            actions.clear();
        }
        due.forEach(Runnable::run);
    }

    public synchronized boolean isCancelled() {
        return cancelled;
    }

    /** What to do when it is asked for; done at once where it was. */
    void onCancel(Runnable action) {
        synchronized (this) {
            if (!cancelled) {
                actions.add(action);
                return;
            }
        }
        action.run();
    }

    void throwIfCancelled() throws ReplicationException {
        if (isCancelled()) {
            throw ReplicationException.of(FailureCause.CANCELLED, WHAT, HINT);
        }
    }

    static ReplicationException failure(Exception effect) {
        return ReplicationException.of(FailureCause.CANCELLED, WHAT, HINT, effect);
    }
}

package io.holdfast.runtime.jobs;

import io.holdfast.runtime.database.Bell;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Lets those who submit and cancel wake those who work in the same process. Thread safe. */
@Singleton
class JobSignals {

    private final List<Runnable> whenDue = new CopyOnWriteArrayList<>();
    private final Bell cancelled = new Bell();

    void whenDue(Runnable action) {
        whenDue.add(action);
    }

    /** A job may be due now. */
    void due() {
        whenDue.forEach(Runnable::run);
    }

    /** Rings when a job was cancelled. */
    Bell cancelled() {
        return cancelled;
    }
}

package io.holdfast.restore;

import org.jspecify.annotations.Nullable;

/** Told how far a restore is, and asked whether it should go on. An interrupt of the restoring thread stops it as well. */
public interface RestoreWatch {
    /** Nobody watches, nobody stops it. */
    RestoreWatch NONE = new RestoreWatch() {
        @Override
        public void progress(RestorePhase phase, long done, @Nullable Long total) {}

        @Override
        public boolean stopRequested() {
            return false;
        }
    };

    /**
     * So far. May be called often and by several threads at once.
     *
     * @param done bytes
     * @param total bytes, where known
     */
    void progress(RestorePhase phase, long done, @Nullable Long total);

    /** Whether somebody wants it stopped. */
    boolean stopRequested();

    /** Ends the restore here if that is wanted. */
    default void goOn() throws InterruptedException {
        if (Thread.interrupted() || stopRequested()) {
            throw new InterruptedException("the restore is to stop");
        }
    }
}

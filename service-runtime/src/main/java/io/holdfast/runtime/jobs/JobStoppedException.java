package io.holdfast.runtime.jobs;

/** The work stops because it was told to: cancelled, taken over by another worker, or the process ends. */
public final class JobStoppedException extends RuntimeException {

    /** @param why for the log */
    public JobStoppedException(String why) {
        super(why);
    }
}

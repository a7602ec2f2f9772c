package io.holdfast.runtime.jobs;

import io.holdfast.events.EventData;
import io.holdfast.events.Failure;

/**
 * Does one kind of work. A service has one bean for each kind. Each method gives the event that ends the job; it leaves
 * in the transaction that ends the job, once, whatever happens to workers in between.
 */
public interface JobHandler {

    JobKind kind();

    /** Whether this process does such work; else it leaves it to others of its service. Asked once, at the start. */
    default boolean isOn() {
        return true;
    }

    /**
     * Works, on a virtual thread, for as long as it takes; CPU work belongs on a pool of its own. What an earlier attempt
     * left behind may be there, and an attempt that lost its job may still be going on elsewhere for a while.
     *
     * @return what came of it
     * @throws JobFailedException when it fails; repeated only where the failure's category says that this may help. Any
     *     other exception counts as {@code internal}
     * @throws InterruptedException when told to stop: cancelled, taken over, or the process ends
     */
    EventData run(JobRun run) throws JobFailedException, InterruptedException;

    /** The event that says the failure of the last attempt. */
    EventData failed(JobRun run, Failure failure);

    /** The event that says that the work was stopped because somebody asked. {@code run.attempt()} is 0 if it never began. */
    EventData cancelled(JobRun run, Cancellation cancellation);
}

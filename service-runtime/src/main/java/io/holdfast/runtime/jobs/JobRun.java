package io.holdfast.runtime.jobs;

import io.holdfast.events.Event;
import io.holdfast.events.EventData;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One attempt of a job, as its handler sees it. Thread safe. */
public interface JobRun {

    /** The event that asked for the work. */
    Event<?> request();

    /** Counts from 1, over all workers that tried. */
    int attempt();

    /** When this attempt began. */
    Instant startedAt();

    /** Which worker this is, for people. */
    String worker();

    /**
     * Whether to stop: somebody cancelled the job, another worker took it over, or the process ends. The running thread
     * is interrupted as well.
     */
    boolean isCancelled();

    /**
     * Stops here if told to.
     *
     * @throws JobStoppedException to be let through
     */
    void throwIfCancelled();

    /**
     * Tells how far the work is. Cheap; told on at most every half second.
     *
     * @param phase      what is done just now: {@code read}, {@code wal} …
     * @param bytesTotal how much there is, where known
     */
    void progress(String phase, long bytesDone, @Nullable Long bytesTotal);

    /**
     * Says an event about this attempt now, such as that it started. Always the same event for the same type and attempt.
     *
     * @throws JobStoppedException when another worker has taken the job over; nothing is said then
     */
    void publishNow(EventData data);

    /**
     * Makes sure that the job is still this worker's. For right before a step that counts for good: a worker that is cut
     * off from the database may have lost its job without knowing. Waits for a database that is away.
     *
     * @throws JobStoppedException when another worker has taken the job over, or on being told to stop while waiting
     */
    void requireOwnership();
}

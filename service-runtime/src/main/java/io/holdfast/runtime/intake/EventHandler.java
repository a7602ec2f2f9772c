package io.holdfast.runtime.intake;

import io.holdfast.events.Event;

/** What a service does with an event, inside of one transaction with the note that it was handled. */
@FunctionalInterface
public interface EventHandler {

    /**
     * Handles an event, in milliseconds: work that takes longer is recorded as a job here, and done later.
     *
     * @throws RefusedException when the event is not to be acted on; what was done in the transaction is undone, and the
     *     record goes to the dead letters
     * @throws Exception when it fails. What may pass (the database is away) is tried again until it does, in place;
     *     anything else a few times, then the record goes to the dead letters
     */
    void handle(Event<?> event) throws Exception;

    /**
     * Told of a request that the control plane did sign, but that came too late and was never handled: it becomes a dead
     * letter in the same transaction. Whoever asked waits for an outcome; this is where to say it. Says nothing unless
     * overridden.
     *
     * @throws Exception when it fails; it is tried again as {@link #handle} is
     */
    default void expired(Event<?> event) throws Exception {}
}

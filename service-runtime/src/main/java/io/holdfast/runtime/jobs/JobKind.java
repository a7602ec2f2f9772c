package io.holdfast.runtime.jobs;

import io.holdfast.events.EventType;
import io.holdfast.events.progress.Work;
import java.util.Set;

/**
 * A kind of durable work.
 *
 * @param name     its name in the database, never changed: {@code backup}
 * @param work     what its progress is told as
 * @param outcomes the types of event it may end with
 */
public record JobKind(String name, Work work, Set<EventType> outcomes) {

    public JobKind {
        outcomes = Set.copyOf(outcomes);
    }
}

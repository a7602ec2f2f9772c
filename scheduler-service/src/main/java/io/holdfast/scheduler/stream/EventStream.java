package io.holdfast.scheduler.stream;

import io.holdfast.events.Event;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.operators.multi.processors.BroadcastProcessor;
import jakarta.inject.Singleton;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Events as they come in, for any number of clients. A client that does not keep up loses events rather than costing
 * memory; the last few hundred are kept, so that one that was cut off can go on where it was. Thread safe.
 */
@Singleton
public class EventStream {

    private static final int KEPT = 500;

    private final BroadcastProcessor<Event<?>> processor = BroadcastProcessor.create();
    private final Deque<Event<?>> recent = new ArrayDeque<>();

    EventStream() {}

    /** Passes an event on. Called by one thread at a time. */
    public void publish(Event<?> event) {
        synchronized (recent) {
            recent.addLast(event);
            if (recent.size() > KEPT) {
                recent.removeFirst();
            }
        }
        processor.onNext(event);
    }

    /**
     * What comes from now on.
     *
     * @param after the id of the last event that the client saw; what came since is sent first, if it is still kept
     */
    public Multi<Event<?>> follow(@Nullable String after) {
        Multi<Event<?>> missed =
                Multi.createFrom().deferred(() -> Multi.createFrom().iterable(since(after)));
        Multi<Event<?>> coming = processor.onOverflow().dropPreviousItems();
        return Multi.createBy().concatenating().streams(missed, coming);
    }

    private List<Event<?>> since(@Nullable String after) {
        List<Event<?>> events = new ArrayList<>();
        boolean found = false;
        synchronized (recent) {
            for (Event<?> event : recent) {
                if (found) {
                    events.add(event);
                }
                found |= event.id().value().equals(after);
            }
        }
        return events;
    }
}

package io.holdfast.backup.stream;

import io.holdfast.events.TargetId;
import io.holdfast.events.definition.TargetDefined;
import io.holdfast.runtime.database.Persistence;
import io.holdfast.runtime.definitions.Definitions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sees to it that servers keep no slot for targets that are not streamed any more, whoever streamed them and however long ago:
 * tried again until every server of the cluster has answered. For the thread that looks after all streams.
 */
final class Farewells {
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final Definitions definitions;
    private final StreamTable table;
    private final StreamSurroundings surroundings;
    private final Map<TargetId, SlotFarewell> running = new HashMap<>();

    Farewells(Definitions definitions, StreamTable table, StreamSurroundings surroundings) {
        this.definitions = definitions;
        this.table = table;
        this.surroundings = surroundings;
    }

    /** Notes what has ended, and begins what is due. */
    void look(Set<TargetId> streamed) {
        finish();
        Duration lease = surroundings.config().lease();
        List<StreamTable.Left> left = Persistence.inTransaction(() -> table.left(lease, PAUSE));
        for (StreamTable.Left each : left) {
            if (!streamed.contains(each.target()) && !running.containsKey(each.target()) && isUnwanted(each.target())) {
                begin(each, lease);
            }
        }
    }

    private void begin(StreamTable.Left left, Duration lease) {
        if (Persistence.inTransaction(() -> table.acquire(left.target(), lease)).isPresent()) {
            running.put(left.target(), SlotFarewell.start(left.target(), left.definition(), surroundings));
        }
    }

    // Only where it was said so: a repository that is not defined may be on its way.
    private boolean isUnwanted(TargetId target) {
        Optional<TargetDefined> defined = definitions.target(target);
        return defined.isEmpty() || !defined.get().streamsWal();
    }

    private void finish() {
        for (Iterator<Map.Entry<TargetId, SlotFarewell>> each =
                        running.entrySet().iterator();
                each.hasNext(); ) {
            Map.Entry<TargetId, SlotFarewell> one = each.next();
            if (one.getValue().hasEnded()) {
                Persistence.inTransaction(() -> {
                    table.dropped(one.getKey(), one.getValue().isComplete());
                    return one.getKey();
                });
                each.remove();
            }
        }
    }
}

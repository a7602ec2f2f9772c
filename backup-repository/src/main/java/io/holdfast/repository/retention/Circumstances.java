package io.holdfast.repository.retention;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.Place;
import io.holdfast.repository.window.TimelineAncestry;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a plan depends on beside backups, policy and time.
 *
 * @param timelines histories of a cluster's timelines, as far as they are stored
 * @param usual how many backups earlier runs have removed at most, of those that still count
 * @param approved backups of which somebody has agreed that they go
 */
public record Circumstances(Map<Place, List<TimelineAncestry>> timelines, int usual, Set<BackupId> approved) {
    /** Nothing is known, and nobody has agreed to anything. */
    public static final Circumstances NONE = new Circumstances(Map.of(), 0, Set.of());

    public Circumstances {
        timelines = Map.copyOf(timelines);
        approved = Set.copyOf(approved);
    }
}

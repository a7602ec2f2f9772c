package io.holdfast.repository.index;

import io.holdfast.repository.map.FileMap;
import io.holdfast.repository.map.MapId;

/** Where the map of one part of a file is. */
public sealed interface MapReference {
    /** In the index itself, as a small map is. */
    record Inline(FileMap map) implements MapReference {}

    /** An object of its own, shared by all backups that have the same map. */
    record Shared(MapId id) implements MapReference {}
}

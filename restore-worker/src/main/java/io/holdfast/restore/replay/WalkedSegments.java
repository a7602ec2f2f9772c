package io.holdfast.restore.replay;

import io.holdfast.repository.wal.WalSegmentName;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Remembers what is known of the segments that were made last. Thread safe. */
final class WalkedSegments {
    private final Map<WalSegmentName, WalkedLog> latest;

    /** @param most how many are remembered */
    WalkedSegments(int most) {
        latest = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<WalSegmentName, WalkedLog> eldest) {
                return size() > most;
            }
        };
    }

    synchronized void put(WalSegmentName segment, WalkedLog walked) {
        latest.remove(segment);
        latest.put(segment, walked);
    }

    synchronized Optional<WalkedLog> of(WalSegmentName segment) {
        return Optional.ofNullable(latest.get(segment));
    }
}

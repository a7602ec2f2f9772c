package io.holdfast.repository.window;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.StoredObject;
import io.holdfast.repository.wal.WalSegmentName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the names of everything stored of the log say. Memory is taken by ranges, not by names: some 100 bytes for each gap
 * and for each segment that is not complete.
 *
 * @param timelines of which segments are stored
 * @param histories timelines of which the history file is stored
 */
record WalListing(List<StoredTimeline> timelines, List<Integer> histories) {
    /** The beginning of every object of the log is longer; what is shorter was cut. */
    private static final int SHORTEST = 161;

    private static final Pattern SEGMENT =
            Pattern.compile("([0-9A-F]{8})/(\\1[0-9A-F]{16})(?:\\.([0-7][0-9a-f]{7})-([0-7][0-9a-f]{7}))?");
    private static final Pattern HISTORY = Pattern.compile("([0-9A-F]{8})\\.history");

    WalListing {
        timelines = List.copyOf(timelines);
        histories = List.copyOf(histories);
    }

    /**
     * Lists.
     *
     * @param isSound is shown every object; those that it refuses count as not there
     */
    static WalListing of(ObjectStore store, PlaceLayout layout, int segmentSize, Predicate<StoredObject> isSound)
            throws RepositoryException {
        Map<Integer, StoredTimeline.Builder> timelines = new HashMap<>();
        List<Integer> histories = new ArrayList<>();
        String prefix = layout.wal();
        ObjectStore.Listing listing = store.list(prefix);
        while (listing.hasNext()) {
            StoredObject object = listing.next();
            if (isSound.test(object) && object.length() >= SHORTEST) {
                take(object.key(), prefix, segmentSize, timelines, histories);
            }
        }
        return new WalListing(
                timelines.values().stream().map(StoredTimeline.Builder::build).toList(), histories);
    }

    private static void take(
            ObjectKey key,
            String prefix,
            int segmentSize,
            Map<Integer, StoredTimeline.Builder> timelines,
            List<Integer> histories) {
        String name = key.value().substring(prefix.length());
        Matcher history = HISTORY.matcher(name);
        if (history.matches()) {
            histories.add(Integer.parseUnsignedInt(history.group(1), 16));
            return;
        }
        segment(name, segmentSize).ifPresent(found -> {
            StoredTimeline.Builder timeline =
                    timelines.computeIfAbsent(found.timeline(), it -> new StoredTimeline.Builder(it, segmentSize));
            found.addTo(timeline);
        });
    }

    /** An object's part of a segment; {@code to} is 0 for all of it. */
    private record Part(int timeline, long segment, int from, int to) {
        void addTo(StoredTimeline.Builder builder) {
            if (to == 0) {
                builder.complete(segment);
            } else {
                builder.increment(segment, from, to);
            }
        }
    }

    private static Optional<Part> segment(String name, int segmentSize) {
        Matcher matcher = SEGMENT.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        WalSegmentName segment = new WalSegmentName(matcher.group(2));
        long number = segment.segmentNumber(segmentSize);
        // Of a cluster with another segment size: its numbers would mean other positions.
        if (!WalSegmentName.of(segment.timeline(), number, segmentSize).equals(segment)) {
            return Optional.empty();
        }
        if (matcher.group(3) == null) {
            return Optional.of(new Part(segment.timeline(), number, 0, 0));
        }
        int from = Integer.parseInt(matcher.group(3), 16);
        int to = Integer.parseInt(matcher.group(4), 16);
        return from < to && to <= segmentSize
                ? Optional.of(new Part(segment.timeline(), number, from, to))
                : Optional.empty();
    }
}

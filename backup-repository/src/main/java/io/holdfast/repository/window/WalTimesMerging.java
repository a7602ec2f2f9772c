package io.holdfast.repository.window;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.window.WalTimesSearch.Stored;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds which objects of the index belong together: those of something less than an hour, so that one that holds all of theirs
 * is no longer than an object may be. The newest of a timeline are left alone, since more may come. Safe for use by several
 * threads.
 */
final class WalTimesMerging {
    private static final long STRETCH = Duration.ofMinutes(50).toMillis();

    private final ObjectStore store;
    private final PlaceLayout layout;
    private final PlaceKeys keys;
    /** Up to which object all is merged, as far as this process knows. */
    private final Map<Integer, ObjectKey> merged = new ConcurrentHashMap<>();

    WalTimesMerging(ObjectStore store, PlaceLayout layout, PlaceKeys keys) {
        this.store = store;
        this.layout = layout;
        this.keys = keys;
    }

    /** Takes objects that belong together, at least two, in the order of their names. */
    @FunctionalInterface
    private interface Group {
        void take(List<Stored> objects) throws RepositoryException;
    }

    /** Makes an object of samples. */
    @FunctionalInterface
    interface Adding {
        void add(int timeline, List<WalTime> samples) throws RepositoryException;
    }

    /** Adds one object for each group that has none yet which holds all of it. What is there stays. */
    void merge(int timeline, Adding adding) throws RepositoryException {
        WalTimesReader reader = reader();
        Optional<ObjectKey> from = Optional.ofNullable(merged.get(timeline));
        each(timeline, from, objects -> {
            if (cover(objects).isEmpty()) {
                List<WalTime> samples = new ArrayList<>();
                for (Stored each : objects) {
                    samples.addAll(reader.read(each.key(), each.name()));
                }
                adding.add(timeline, samples);
            }
            merged.put(timeline, objects.getLast().key());
        });
    }

    /** Objects of which another one holds every sample. */
    List<ObjectKey> superseded(int timeline) throws RepositoryException {
        WalTimesReader reader = reader();
        List<ObjectKey> superseded = new ArrayList<>();
        each(timeline, Optional.empty(), objects -> {
            Optional<Stored> cover = cover(objects);
            if (cover.isPresent()) {
                Set<WalTime> held =
                        new HashSet<>(reader.read(cover.get().key(), cover.get().name()));
                for (Stored each : objects) {
                    if (!each.equals(cover.get()) && isHeld(each, held, reader)) {
                        superseded.add(each.key());
                    }
                }
            }
        });
        return superseded;
    }

    /** Where times are sealed, others are neither merged nor do they stand for those that are. */
    private WalTimesReader reader() throws RepositoryException {
        return new WalTimesReader(store, keys, keys.newestIndexKey().isPresent());
    }

    private static boolean isHeld(Stored object, Set<WalTime> held, WalTimesReader reader) throws RepositoryException {
        List<WalTime> samples = reader.read(object.key(), object.name());
        return !samples.isEmpty() && held.containsAll(samples);
    }

    private void each(int timeline, Optional<ObjectKey> from, Group group) throws RepositoryException {
        List<Stored> open = new ArrayList<>();
        ObjectStore.Listing listing = store.list(WalTimesName.prefix(layout, timeline), from);
        while (listing.hasNext()) {
            ObjectKey key = listing.next().key();
            Optional<WalTimesName> name = WalTimesName.of(layout, timeline, key);
            if (name.isPresent()) {
                if (!open.isEmpty() && stretch(open.getLast().name()) != stretch(name.get())) {
                    if (open.size() > 1) {
                        group.take(List.copyOf(open));
                    }
                    open.clear();
                }
                open.add(new Stored(key, name.get()));
            }
        }
    }

    private static long stretch(WalTimesName name) {
        return name.from() / STRETCH;
    }

    /** The one whose name says that it reaches over all others. */
    private static Optional<Stored> cover(List<Stored> objects) {
        return objects.stream()
                .filter(one -> objects.stream().allMatch(other -> covers(one.name(), other.name())))
                .findFirst();
    }

    private static boolean covers(WalTimesName one, WalTimesName other) {
        return one.fromLsn().compareTo(other.fromLsn()) <= 0
                && one.toLsn().compareTo(other.toLsn()) >= 0
                && one.from() <= other.from()
                && one.to() >= other.to();
    }
}

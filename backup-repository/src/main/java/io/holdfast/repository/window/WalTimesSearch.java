package io.holdfast.repository.window;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.wal.Lsn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds samples by listings that begin near a position. Objects are in the order of their first position, and of their first
 * time where that is the same; a store lists only forwards, so the last one before a position is found in steps that double
 * and then halve.
 */
final class WalTimesSearch {
    private static final long HOUR = WalTimesCodec.LONGEST.toMillis();
    private static final long LATEST = Duration.ofDays(366L * 10_000).toMillis();

    /** How far the second step goes, in bytes of the log; the first one looks at the very next object. */
    private static final long STEP = 1 << 24;

    /** From here on a step halves what is left. */
    private static final long HALF = Long.MAX_VALUE / 2;

    /** How many objects that cannot be read are passed over. */
    private static final int TRIES = 8;

    private static final Comparator<WalTime> IN_ORDER =
            Comparator.comparing(WalTime::lsn).thenComparing(WalTime::time);

    private final ObjectStore store;
    private final PlaceLayout layout;
    private final WalTimesReader reader;
    /** Where the last search ended: the next one is mostly for a position close behind. */
    private final Map<Integer, WalTimesName> hints = new ConcurrentHashMap<>();

    private final Map<Integer, List<Stored>> earlier = new ConcurrentHashMap<>();

    WalTimesSearch(ObjectStore store, PlaceLayout layout, WalTimesReader reader) {
        this.store = store;
        this.layout = layout;
        this.reader = reader;
    }

    /** An object, and what its name says. */
    record Stored(ObjectKey key, WalTimesName name) {}

    /**
     * The samples next to a position.
     *
     * @param before the last one at or before it
     * @param after the first one at it or behind
     */
    record Beside(Optional<WalTime> before, Optional<WalTime> after) {}

    Beside at(int timeline, Lsn lsn) throws RepositoryException {
        List<WalTime> samples = new ArrayList<>();
        Set<ObjectKey> unreadable = new HashSet<>();
        Lsn upTo = lsn;
        for (int i = 0; i < TRIES; i++) {
            Optional<WalTimesName> last = last(timeline, upTo);
            Nearest nearest = new Nearest(lsn, unreadable);
            earlier(timeline).forEach(nearest::see);
            lookFrom(timeline, last, nearest);
            samples.addAll(nearest.samples());
            boolean isFound = samples.stream().anyMatch(it -> it.lsn().compareTo(lsn) <= 0);
            if (isFound || last.isEmpty() || last.get().fromLsn().equals(Lsn.ZERO)) {
                break;
            }
            // What lies there is damaged; what lies before it tells less exactly, but as truly.
            upTo = last.get().fromLsn().plus(-1);
        }
        return new Beside(
                samples.stream().filter(it -> it.lsn().compareTo(lsn) <= 0).max(IN_ORDER),
                samples.stream().filter(it -> it.lsn().compareTo(lsn) >= 0).min(IN_ORDER));
    }

    /** Looks at objects from one on, up to the first behind the position. */
    private void lookFrom(int timeline, Optional<WalTimesName> first, Nearest nearest) throws RepositoryException {
        Lsn lsn = first.map(WalTimesName::fromLsn).orElse(Lsn.ZERO);
        ObjectStore.Listing listing =
                from(timeline, lsn, first.map(WalTimesName::from).orElse(0L));
        boolean isBehind = false;
        while (listing.hasNext() && !isBehind) {
            ObjectKey key = listing.next().key();
            Optional<WalTimesName> name = WalTimesName.of(layout, timeline, key);
            if (name.isPresent()) {
                nearest.see(new Stored(key, name.get()));
                isBehind = nearest.isBefore(name.get());
            }
        }
    }

    /** Near the last object that begins at or before a position, by at most an hour in which the log stood still. */
    private Optional<WalTimesName> last(int timeline, Lsn lsn) throws RepositoryException {
        WalTimesName hint = hints.get(timeline);
        WalTimesName first = hint != null && hint.fromLsn().compareTo(lsn) <= 0 ? hint : first(timeline, Lsn.ZERO, 0);
        if (first == null || first.fromLsn().compareTo(lsn) > 0) {
            return Optional.empty();
        }
        WalTimesName last = lastInTime(timeline, lastPosition(timeline, first, lsn));
        hints.put(timeline, last);
        return Optional.of(last);
    }

    /** The first object of the last position, up to the given one, at which one begins. */
    private WalTimesName lastPosition(int timeline, WalTimesName first, Lsn lsn) throws RepositoryException {
        WalTimesName low = first;
        Lsn high = lsn;
        long step = STEP;
        // Mostly nothing at all lies behind the one that was found, which shows at once.
        boolean isNext = true;
        while (low.fromLsn().compareTo(high) < 0) {
            long left = high.minus(low.fromLsn());
            long far = Long.compareUnsigned(step, left) < 0 ? step : left - (left >>> 1);
            Lsn probe = low.fromLsn().plus(isNext ? 1 : far);
            WalTimesName found = first(timeline, probe, 0);
            if (found != null && found.fromLsn().compareTo(lsn) <= 0) {
                low = found;
                step = isNext || step > HALF ? step : step << 1;
                isNext = false;
            } else {
                high = probe.plus(-1);
                step = HALF;
                isNext = !isNext;
            }
        }
        return low;
    }

    /** Of those that begin at the same position the last, or one that begins at most an hour before it. */
    private WalTimesName lastInTime(int timeline, WalTimesName first) throws RepositoryException {
        WalTimesName low = first;
        long step = HOUR;
        long high = LATEST;
        while (high - low.from() > HOUR) {
            long probe = low.from() + Math.min(step, (high - low.from()) / 2);
            WalTimesName found = first(timeline, low.fromLsn(), probe);
            if (found != null && found.fromLsn().equals(low.fromLsn())) {
                low = found;
                step *= 2;
            } else {
                high = probe;
            }
        }
        return low;
    }

    /** The first object that begins at a position, and there not before a time, or later. */
    private @Nullable WalTimesName first(int timeline, Lsn lsn, long millis) throws RepositoryException {
        ObjectStore.Listing listing = from(timeline, lsn, millis);
        while (listing.hasNext()) {
            Optional<WalTimesName> name =
                    WalTimesName.of(layout, timeline, listing.next().key());
            if (name.isPresent()) {
                return name.get();
            }
        }
        return null;
    }

    private ObjectStore.Listing from(int timeline, Lsn lsn, long millis) throws RepositoryException {
        return store.list(
                WalTimesName.prefix(layout, timeline),
                Optional.of(WalTimesName.boundary(layout, timeline, lsn, millis)));
    }

    /** What earlier versions stored, in the order of times. No more is added to it, so its names are read once. */
    private List<Stored> earlier(int timeline) throws RepositoryException {
        List<Stored> known = earlier.get(timeline);
        if (known != null) {
            return known;
        }
        List<Stored> found = new ArrayList<>();
        ObjectStore.Listing listing = store.list(WalTimesName.ofTimeline(layout, timeline));
        String own = WalTimesName.prefix(layout, timeline);
        while (listing.hasNext()) {
            ObjectKey key = listing.next().key();
            if (key.value().startsWith(own)) {
                break;
            }
            WalTimesName.ofEarlier(layout, timeline, key).ifPresent(name -> found.add(new Stored(key, name)));
        }
        earlier.put(timeline, List.copyOf(found));
        return found;
    }

    /** Of all objects seen the one that ends next before, the one that begins next behind, and all that reach over. */
    private final class Nearest {
        private static final Comparator<Stored> BY_END = Comparator.comparing(
                        (Stored it) -> it.name().toLsn())
                .thenComparingLong(it -> it.name().to());
        private static final Comparator<Stored> BY_BEGINNING = Comparator.comparing(
                        (Stored it) -> it.name().fromLsn())
                .thenComparingLong(it -> it.name().from());

        private final Lsn lsn;
        private final Set<ObjectKey> unreadable;
        private final List<Stored> over = new ArrayList<>();
        private @Nullable Stored before;
        private @Nullable Stored after;

        Nearest(Lsn lsn, Set<ObjectKey> unreadable) {
            this.lsn = lsn;
            this.unreadable = unreadable;
        }

        /** Whether the position comes before all of an object. */
        boolean isBefore(WalTimesName name) {
            return name.fromLsn().compareTo(lsn) > 0;
        }

        void see(Stored object) {
            if (unreadable.contains(object.key())) {
                return;
            }
            if (object.name().toLsn().compareTo(lsn) <= 0) {
                before = before == null || BY_END.compare(object, before) > 0 ? object : before;
            } else if (isBefore(object.name())) {
                after = after == null || BY_BEGINNING.compare(object, after) < 0 ? object : after;
            } else {
                over.add(object);
            }
        }

        List<WalTime> samples() throws RepositoryException {
            List<WalTime> samples = new ArrayList<>();
            for (Stored each : over) {
                samples.addAll(read(each));
            }
            if (before != null) {
                samples.addAll(read(before));
            }
            if (after != null) {
                samples.addAll(read(after));
            }
            return samples;
        }

        private List<WalTime> read(Stored object) throws RepositoryException {
            List<WalTime> samples = reader.read(object.key(), object.name());
            if (samples.isEmpty()) {
                unreadable.add(object.key());
            }
            return samples;
        }
    }
}

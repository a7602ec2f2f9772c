package io.holdfast.repository.window;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.wal.Lsn;
import io.holdfast.repository.window.WalTimes.Around;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds samples by listings that begin near them. Objects are in the order of their first time; a store lists only forwards,
 * so looking back goes in steps that double.
 */
final class WalTimesSearch {
    private static final long HOUR = WalTimesCodec.LONGEST.toMillis();
    private static final long LATEST = Duration.ofDays(366L * 10_000).toMillis();

    private static final Comparator<WalTimesName> BY_END =
            Comparator.comparing(WalTimesName::toLsn).thenComparingLong(WalTimesName::to);
    private static final Comparator<WalTimesName> BY_BEGINNING =
            Comparator.comparing(WalTimesName::fromLsn).thenComparingLong(WalTimesName::from);
    private static final Comparator<WalTime> IN_ORDER =
            Comparator.comparing(WalTime::lsn).thenComparing(WalTime::time);

    private final ObjectStore store;
    private final PlaceLayout layout;
    private final WalTimesReader reader;
    /** Where the last search for a position ended: the next one is mostly for a position close behind. */
    private final Map<Integer, WalTimesName> hints = new ConcurrentHashMap<>();

    WalTimesSearch(ObjectStore store, PlaceLayout layout, WalTimesReader reader) {
        this.store = store;
        this.layout = layout;
        this.reader = reader;
    }

    Around around(int timeline, Instant time) throws RepositoryException {
        long millis = time.toEpochMilli();
        WalTimesName first = first(timeline, 0);
        if (first == null) {
            return new Around(Optional.empty(), Optional.empty());
        }
        Nearest nearest = new Nearest(name -> name.to() < millis, name -> name.from() > millis);
        for (long back = HOUR; ; back *= 2) {
            nearest.look(timeline, millis - back, name -> name.from() > millis);
            if (!nearest.lacksBefore() || millis - back < first.from()) {
                break;
            }
        }
        List<WalTime> samples = nearest.samples();
        Optional<WalTime> after =
                samples.stream().filter(it -> it.time().isAfter(time)).min(IN_ORDER);
        Optional<WalTime> before = samples.stream()
                .filter(it -> !it.time().isAfter(time))
                .filter(it -> after.isEmpty() || it.lsn().compareTo(after.get().lsn()) <= 0)
                .max(IN_ORDER);
        return new Around(before, after);
    }

    Around at(int timeline, Lsn lsn) throws RepositoryException {
        Optional<WalTimesName> near = near(timeline, lsn);
        if (near.isEmpty()) {
            return new Around(Optional.empty(), Optional.empty());
        }
        Nearest nearest = new Nearest(
                name -> name.toLsn().compareTo(lsn) < 0, name -> name.fromLsn().compareTo(lsn) > 0);
        long from = near.get().from();
        nearest.look(
                timeline,
                from - HOUR,
                name -> name.from() > from && name.fromLsn().compareTo(lsn) > 0);
        List<WalTime> samples = nearest.samples();
        return new Around(
                samples.stream().filter(it -> it.lsn().compareTo(lsn) <= 0).max(IN_ORDER),
                samples.stream().filter(it -> it.lsn().compareTo(lsn) >= 0).min(IN_ORDER));
    }

    /** An object that begins at or before a position, at most an hour before the last such; or else the first of all. */
    private Optional<WalTimesName> near(int timeline, Lsn lsn) throws RepositoryException {
        WalTimesName hint = hints.get(timeline);
        WalTimesName low = hint != null && hint.fromLsn().compareTo(lsn) <= 0 ? hint : first(timeline, 0);
        if (low == null) {
            return Optional.empty();
        }
        long step = HOUR;
        long high = LATEST;
        while (high - low.from() > HOUR) {
            long probe = low.from() + Math.min(step, (high - low.from()) / 2);
            WalTimesName found = first(timeline, probe);
            if (found != null && found.fromLsn().compareTo(lsn) <= 0) {
                low = found;
                step *= 2;
            } else {
                high = probe;
            }
        }
        hints.put(timeline, low);
        return Optional.of(low);
    }

    /** The first object that begins at a time or later. */
    private @Nullable WalTimesName first(int timeline, long millis) throws RepositoryException {
        ObjectStore.Listing listing = from(timeline, millis);
        while (listing.hasNext()) {
            Optional<WalTimesName> name =
                    WalTimesName.of(layout, timeline, listing.next().key());
            if (name.isPresent()) {
                return name.get();
            }
        }
        return null;
    }

    private ObjectStore.Listing from(int timeline, long millis) throws RepositoryException {
        return store.list(
                WalTimesName.prefix(layout, timeline), Optional.of(WalTimesName.boundary(layout, timeline, millis)));
    }

    /** Of all objects seen the one next before, the one next behind, and all that reach over what is looked for. */
    private final class Nearest {
        private final Predicate<WalTimesName> isBefore;
        private final Predicate<WalTimesName> isAfter;
        private final List<WalTimesName> over = new ArrayList<>();
        private @Nullable WalTimesName before;
        private @Nullable WalTimesName after;

        Nearest(Predicate<WalTimesName> isBefore, Predicate<WalTimesName> isAfter) {
            this.isBefore = isBefore;
            this.isAfter = isAfter;
        }

        boolean lacksBefore() {
            return before == null && over.isEmpty();
        }

        /** Looks at all objects from a time on, up to the first that is far enough. */
        void look(int timeline, long millis, Predicate<WalTimesName> isEnough) throws RepositoryException {
            over.clear();
            ObjectStore.Listing listing = from(timeline, millis);
            while (listing.hasNext()) {
                WalTimesName name =
                        WalTimesName.of(layout, timeline, listing.next().key()).orElse(null);
                if (name == null) {
                    continue;
                }
                if (isBefore.test(name)) {
                    before = before == null || BY_END.compare(name, before) > 0 ? name : before;
                } else if (isAfter.test(name)) {
                    after = after == null || BY_BEGINNING.compare(name, after) < 0 ? name : after;
                } else {
                    over.add(name);
                }
                if (isEnough.test(name)) {
                    return;
                }
            }
        }

        List<WalTime> samples() throws RepositoryException {
            List<WalTime> samples = new ArrayList<>();
            for (WalTimesName name : over) {
                samples.addAll(reader.read(name));
            }
            if (before != null) {
                samples.addAll(reader.read(before));
            }
            if (after != null) {
                samples.addAll(reader.read(after));
            }
            return samples;
        }
    }
}

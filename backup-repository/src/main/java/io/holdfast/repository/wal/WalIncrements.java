package io.holdfast.repository.wal;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The increments of one segment that follow on each other from its beginning.
 *
 * @param chain in order; each begins where the one before ends or earlier
 */
record WalIncrements(WalSegmentName segment, List<Increment> chain) {
    private static final Pattern RANGE = Pattern.compile("([0-7][0-9a-f]{7})-([0-7][0-9a-f]{7})");

    WalIncrements {
        chain = List.copyOf(chain);
    }

    /** One increment; by its name. */
    record Increment(ObjectKey key, int from, int to) {}

    /** Finds them; of several that go on from the same place, those that reach furthest. */
    static WalIncrements of(ObjectStore store, PlaceLayout layout, WalSegmentName segment) throws RepositoryException {
        List<Increment> all = new ArrayList<>();
        String prefix = layout.walIncrements(segment);
        ObjectStore.Listing listing = store.list(prefix);
        while (listing.hasNext()) {
            ObjectKey key = listing.next().key();
            Matcher range = RANGE.matcher(key.value().substring(prefix.length()));
            if (range.matches()) {
                all.add(new Increment(key, Integer.parseInt(range.group(1), 16), Integer.parseInt(range.group(2), 16)));
            }
        }
        return new WalIncrements(segment, chain(all));
    }

    private static List<Increment> chain(List<Increment> all) {
        List<Increment> chain = new ArrayList<>();
        int reached = 0;
        while (true) {
            Increment furthest = null;
            for (Increment increment : all) {
                boolean goesOn = increment.from() <= reached && increment.to() > reached;
                if (goesOn && (furthest == null || increment.to() > furthest.to())) {
                    furthest = increment;
                }
            }
            if (furthest == null) {
                return chain;
            }
            chain.add(furthest);
            reached = furthest.to();
        }
    }

    /** Bytes of the segment that they hold, from its beginning. */
    int reach() {
        return chain.isEmpty() ? 0 : chain.getLast().to();
    }
}

package io.holdfast.backup.gap;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.StoredObject;
import io.holdfast.repository.wal.StoredWal;
import io.holdfast.repository.wal.WalSegmentName;
import io.holdfast.repository.wal.WalVerdicts.Finding;
import io.holdfast.repository.wal.WalVerdicts.Unsound;
import io.holdfast.repository.window.WindowBase;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads stored log back, as far as it may cost. For one thread. */
final class WalReading {
    private static final Pattern NAME = Pattern.compile("([0-9A-F]{24})(\\.[0-9a-f]{8}-[0-9a-f]{8})?");

    private final ObjectStore store;
    private final PlaceLayout layout;
    private final StoredWal wal;

    WalReading(ObjectStore store, PlaceLayout layout, StoredWal wal) {
        this.store = store;
        this.layout = layout;
        this.wal = wal;
    }

    /**
     * What reading found.
     *
     * @param segments that were read, as far as they were there
     */
    record Read(List<Unsound> damaged, Set<WalSegmentName> segments) {
        Read {
            damaged = List.copyOf(damaged);
            segments = Set.copyOf(segments);
        }

        /** Both together. */
        Read and(Read other) {
            List<Unsound> all = new ArrayList<>(damaged);
            all.addAll(other.damaged);
            Set<WalSegmentName> both = new HashSet<>(segments);
            both.addAll(other.segments);
            return new Read(all, both);
        }
    }

    /**
     * What reading on found.
     *
     * @param cursor the last object that was looked at; empty if the end was reached
     */
    record Found(Read read, Optional<ObjectKey> cursor) {}

    /** Reads objects in this order until so many bytes were read, and at least one. */
    Read read(List<StoredObject> objects, long bytes, Collection<WindowBase> bases) throws RepositoryException {
        List<Unsound> damaged = new ArrayList<>();
        Set<WalSegmentName> done = new HashSet<>();
        Set<WalSegmentName> there = new HashSet<>();
        long left = bytes;
        for (StoredObject object : objects) {
            if (left <= 0) {
                break;
            }
            Optional<WalSegmentName> segment = segment(object.key());
            if (segment.isPresent() && done.add(segment.get())) {
                Optional<List<Unsound>> found = read(segment.get(), bases);
                found.ifPresent(problems -> {
                    damaged.addAll(problems);
                    there.add(segment.get());
                });
                left -= object.length();
            }
        }
        return new Read(damaged, there);
    }

    /** Goes on reading behind an object, in the order of names; from the beginning where none is given. */
    Found goOn(Optional<ObjectKey> cursor, long bytes, Collection<WindowBase> bases) throws RepositoryException {
        List<StoredObject> chosen = new ArrayList<>();
        long left = bytes;
        Optional<ObjectKey> last = Optional.empty();
        ObjectStore.Listing listing = store.list(layout.wal(), cursor);
        while (left > 0 && listing.hasNext()) {
            StoredObject object = listing.next();
            chosen.add(object);
            left -= object.length();
            last = Optional.of(object.key());
        }
        return new Found(read(chosen, Long.MAX_VALUE, bases), listing.hasNext() ? last : Optional.empty());
    }

    private Optional<List<Unsound>> read(WalSegmentName segment, Collection<WindowBase> bases)
            throws RepositoryException {
        try {
            StoredWal checked = mustBeSealed(segment, bases) ? wal.sealedOnly() : wal;
            List<Unsound> damaged = new ArrayList<>();
            for (StoredWal.Problem problem : checked.check(segment, key -> {})) {
                damaged.add(new Unsound(problem.object(), Finding.DAMAGED, problem.detail()));
            }
            ObjectKey complete = layout.walSegment(segment);
            if (store.head(complete).isPresent() && wal.isForeign(segment)) {
                return Optional.of(List.of(new Unsound(
                        complete, Finding.FOREIGN, "The WAL object " + complete + " is another cluster's.")));
            }
            return Optional.of(damaged);
        } catch (RepositoryException.NotFound e) {
            // Removed in this moment: the next listing shows that it is missing.
            return Optional.empty();
        }
    }

    /** What an encrypted backup needs must be encrypted: whoever can write to the store could put in log of his own. */
    private static boolean mustBeSealed(WalSegmentName segment, Collection<WindowBase> bases) {
        return bases.stream()
                .anyMatch(base -> base.isSealed()
                        && segment.segmentNumber(base.wal().segmentSize())
                                >= base.wal()
                                        .startLsn()
                                        .segmentNumber(base.wal().segmentSize()));
    }

    /** The segment that an object belongs to; empty for history files. */
    static Optional<WalSegmentName> segment(ObjectKey key) {
        Matcher matcher = NAME.matcher(key.lastSegment());
        return matcher.matches() ? Optional.of(new WalSegmentName(matcher.group(1))) : Optional.empty();
    }
}

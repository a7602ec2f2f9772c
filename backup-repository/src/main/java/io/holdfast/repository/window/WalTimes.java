package io.holdfast.repository.window;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.seal.BodySeal;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.wal.Lsn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * When the log of a cluster was where: samples of (server's time, position) by timeline. Several may add at once, also the
 * same: objects are named by what they hold. Samples need not be complete: between two of them everything is open.
 *
 * <p>Positions never go back, so samples are looked for in their order. A server's clock may be set: a jump ahead that is
 * taken back is seen only by whoever asks for a position between the samples of that moment and the next ones.
 *
 * <p>Safe for use by several threads and processes.
 */
public final class WalTimes implements WindowClock {
    private static final int TIMELINE_DIGITS = 8;
    private static final Pattern TIMELINE = Pattern.compile("[0-9A-F]{8}/");

    private final ObjectStore store;
    private final PlaceLayout layout;
    private final PlaceKeys keys;
    private final WalTimesSearch search;
    private final WalTimesMerging merging;

    private WalTimes(ObjectStore store, PlaceLayout layout, PlaceKeys keys, boolean sealedOnly) {
        this.store = store;
        this.layout = layout;
        this.keys = keys;
        this.search = new WalTimesSearch(store, layout, new WalTimesReader(store, keys, sealedOnly));
        this.merging = new WalTimesMerging(store, layout, keys);
    }

    /** The index of a place. */
    public static WalTimes of(ObjectStore store, PlaceLayout layout, PlaceKeys keys) {
        return new WalTimes(store, layout, keys, false);
    }

    /** The same, but samples that are not encrypted count as not there: for backups that are. */
    public WalTimes sealedOnly() {
        return new WalTimes(store, layout, keys, true);
    }

    /**
     * Adds samples; those there already are no error. Durable when it returns. Meant to be called about once a minute: each
     * call makes an object, of some 100 bytes and 4 to 8 more for each sample; more objects where samples are more than an
     * hour apart, or their times go back.
     *
     * @param samples of one server, in any order
     */
    public void add(int timeline, List<WalTime> samples) throws RepositoryException {
        for (List<WalTime> part : WalTimesCodec.cut(samples)) {
            ObjectKey key = WalTimesCodec.name(timeline, part).key(layout);
            BodySeal seal = BodySeal.with(keys.newestIndexKey(), keys);
            // Whoever was first has stored the same: the name holds a digest.
            store.putIfAbsent(key, seal.object(ObjectHeader.Type.WAL_TIMES, key, WalTimesCodec.encode(part)));
        }
    }

    /**
     * Makes one object of those of most of an hour, so that there are some ten thousand of them a year rather than half a
     * million, once a sweep has removed those that were merged. Meant to be called about once an hour; does what was not done
     * before.
     */
    public void merge(int timeline) throws RepositoryException {
        merging.merge(timeline, this::add);
    }

    /** The same for all timelines. */
    public void merge() throws RepositoryException {
        for (int timeline : timelines()) {
            merge(timeline);
        }
    }

    /**
     * Objects that say nothing which another one does not say as well; of all timelines. For whoever may delete: reads everything
     * that was merged and not removed yet.
     */
    public List<ObjectKey> superseded() throws RepositoryException {
        List<ObjectKey> superseded = new ArrayList<>();
        for (int timeline : timelines()) {
            superseded.addAll(merging.superseded(timeline));
        }
        return superseded;
    }

    private List<Integer> timelines() throws RepositoryException {
        List<Integer> timelines = new ArrayList<>();
        Optional<ObjectKey> behind = Optional.empty();
        while (true) {
            ObjectStore.Listing listing = store.list(layout.walTimes(), behind);
            if (!listing.hasNext()) {
                return timelines;
            }
            ObjectKey key = listing.next().key();
            String name = key.value().substring(layout.walTimes().length());
            if (TIMELINE.matcher(name).lookingAt()) {
                int timeline = Integer.parseUnsignedInt(name, 0, TIMELINE_DIGITS, 16);
                timelines.add(timeline);
                key = WalTimesName.behindTimeline(layout, timeline);
            }
            behind = Optional.of(key);
        }
    }

    @Override
    public Optional<WalTime> atOrBefore(int timeline, Lsn lsn) throws RepositoryException {
        return search.at(timeline, lsn).before();
    }

    @Override
    public Optional<WalTime> atOrAfter(int timeline, Lsn lsn) throws RepositoryException {
        return search.at(timeline, lsn).after();
    }
}

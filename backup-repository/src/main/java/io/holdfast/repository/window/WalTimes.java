package io.holdfast.repository.window;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.seal.BodySeal;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.wal.Lsn;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * When the log of a cluster was where: samples of (server's time, position) by timeline. Several may add at once, also the
 * same: objects are named by what they hold. Samples need not be complete: between two of them everything is open.
 *
 * <p>A server's clock may be set. Where it goes back a time comes twice, and the first counts: recovery to a time ends
 * before the first commit behind it, in the order of the log. A jump ahead that is taken back is seen only by whoever
 * looks within an hour of it.
 *
 * <p>Safe for use by several threads and processes.
 */
public final class WalTimes implements WindowClock {
    private final ObjectStore store;
    private final PlaceLayout layout;
    private final PlaceKeys keys;
    private final WalTimesSearch search;

    private WalTimes(ObjectStore store, PlaceLayout layout, PlaceKeys keys, boolean sealedOnly) {
        this.store = store;
        this.layout = layout;
        this.keys = keys;
        this.search = new WalTimesSearch(store, layout, new WalTimesReader(store, layout, keys, sealedOnly));
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
     * The samples around a moment.
     *
     * @param before the last one at or before the moment: all that was committed up to {@code before.lsn} is not later
     * @param after the first one behind it: what was committed by the moment lies before {@code after.lsn}
     */
    public record Around(Optional<WalTime> before, Optional<WalTime> after) {}

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

    /** What is known about a moment of a timeline. Damaged objects are left out, with a warning. */
    public Around around(int timeline, Instant time) throws RepositoryException {
        return search.around(timeline, time);
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

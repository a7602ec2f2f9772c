package io.holdfast.repository.window;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.manifest.ManifestObject;
import io.holdfast.repository.manifest.Manifests;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.StoredObject;
import io.holdfast.repository.sweep.Tombstones;
import io.holdfast.repository.wal.StoredWal;
import io.holdfast.repository.wal.WalVerdicts;
import io.holdfast.repository.wal.WatchedHistories;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The recovery window of a place as it lies in a store. What never changes is read once and kept: manifests of base backups
 * and history files. All else is found by listing names, those of what was found damaged among them; how often is up to the caller, a million segments are a thousand
 * requests to a bucket. Safe for use by several threads.
 */
public final class StoredWindow {
    private static final Logger LOG = LoggerFactory.getLogger(StoredWindow.class);

    private final ObjectStore store;
    private final PlaceLayout layout;
    private final Manifests manifests;
    private final StoredWal wal;
    private final WatchedHistories watched;
    private final WalVerdicts verdicts;
    private final WalTimes times;
    private final Map<BackupId, Optional<WindowBase>> bases = new ConcurrentHashMap<>();
    private final Map<Integer, TimelineAncestry> ancestries = new ConcurrentHashMap<>();
    private final WindowClock clock;
    private final WindowClock sealedClock;

    private StoredWindow(ObjectStore store, PlaceLayout layout, PlaceKeys keys) {
        this.store = store;
        this.layout = layout;
        this.manifests = new Manifests(store, layout, keys);
        this.wal = StoredWal.of(store, layout, keys);
        this.watched = new WatchedHistories(store, layout, keys);
        this.verdicts = new WalVerdicts(store, layout);
        this.times = WalTimes.of(store, layout, keys);
        this.clock = new RememberedClock(times);
        this.sealedClock = new RememberedClock(times.sealedOnly());
    }

    /**
     * The window of a cluster's place.
     *
     * @throws IllegalStateException if the place is not named by a system identifier
     */
    public static StoredWindow of(ObjectStore store, PlaceLayout layout, PlaceKeys keys) {
        return new StoredWindow(store, layout, keys);
    }

    /** When the log was where. */
    public WalTimes times() {
        return times;
    }

    /**
     * The window as it is now; no object of the log is opened but history files. What was found to be damaged or foreign
     * counts as not there.
     */
    public RecoveryWindow read() throws RepositoryException {
        return read(object -> true);
    }

    /**
     * The same.
     *
     * @param isSound is shown each object of the log; what it refuses counts as not there, too
     */
    public RecoveryWindow read(Predicate<StoredObject> isSound) throws RepositoryException {
        List<WindowBase> found = bases();
        Optional<WindowBase> newest = found.stream().max(Comparator.comparing(WindowBase::finishedAt));
        if (newest.isEmpty()) {
            return RecoveryWindow.of(List.of(), List.of(), List.of(), WindowClock.NONE);
        }
        // Backups first, then the log: what a backup needs of it was stored before the backup.
        Set<ObjectKey> unsound = verdicts.unsound();
        WalListing listing = WalListing.of(
                store,
                layout,
                newest.get().wal().segmentSize(),
                object -> isSound.test(object) && !unsound.contains(object.key()));
        List<TimelineAncestry> known = new ArrayList<>();
        for (int timeline : listing.histories()) {
            ancestry(timeline, newest.get().isSealed()).ifPresent(known::add);
        }
        return RecoveryWindow.of(found, listing.timelines(), known, newest.get().isSealed() ? sealedClock : clock);
    }

    /** The base backups of the place, also those that are only just complete; without deleted ones. */
    public List<WindowBase> bases() throws RepositoryException {
        List<BackupId> names = manifests.list();
        // Tombstones are looked for afterwards: what is deleted meanwhile is not listed either.
        Set<BackupId> deleted = new Tombstones(store, layout).list();
        List<BackupId> present =
                names.stream().filter(it -> !deleted.contains(it)).toList();
        bases.keySet().retainAll(new HashSet<>(present));
        List<WindowBase> found = new ArrayList<>();
        for (BackupId backup : present) {
            base(backup).ifPresent(found::add);
        }
        return found;
    }

    private Optional<WindowBase> base(BackupId backup) throws RepositoryException {
        Optional<WindowBase> known = bases.get(backup);
        if (known != null) {
            return known;
        }
        try {
            Optional<WindowBase> read = switch (manifests.get(backup)) {
                case ManifestObject.Committed committed -> WindowBase.of(committed.backup());
                case ManifestObject.Aborted ignored -> Optional.empty();
            };
            bases.put(backup, read);
            return read;
        } catch (RepositoryException.NotFound e) {
            LOG.debug("The backup {} was removed meanwhile", backup);
            return Optional.empty();
        } catch (RepositoryException.Damaged e) {
            LOG.warn("The backup {} opens no window: {}", backup, e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * Which timelines lead to one, if its history file is stored and can be read here. One that is damaged counts as not
     * stored, with a warning.
     */
    public Optional<TimelineAncestry> ancestry(int timeline) throws RepositoryException {
        return ancestry(timeline, false);
    }

    private Optional<TimelineAncestry> ancestry(int timeline, boolean sealedOnly) throws RepositoryException {
        TimelineAncestry known = ancestries.get(timeline);
        if (known != null) {
            return Optional.of(known);
        }
        try {
            Optional<byte[]> history = history(timeline, sealedOnly);
            if (history.isEmpty()) {
                return Optional.empty();
            }
            TimelineAncestry read = TimelineAncestry.parse(timeline, history.get());
            ancestries.put(timeline, read);
            return Optional.of(read);
        } catch (RepositoryException.Damaged | RepositoryException.Denied | MalformedException e) {
            LOG.warn(
                    "The history of timeline {} of {} cannot be used, so nothing before it is found: {}",
                    Integer.toUnsignedString(timeline),
                    layout.prefix(),
                    e.getMessage());
            return Optional.empty();
        }
    }

    /** The one that the index key opens, if there is one: data keys are rarely at hand. */
    private Optional<byte[]> history(int timeline, boolean sealedOnly) throws RepositoryException {
        Optional<byte[]> found = watched.get(timeline);
        return found.isPresent() ? found : (sealedOnly ? wal.sealedOnly() : wal).history(timeline);
    }
}

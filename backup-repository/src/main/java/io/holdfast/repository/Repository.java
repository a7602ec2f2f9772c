package io.holdfast.repository;

import io.holdfast.repository.drill.DrillReports;
import io.holdfast.repository.key.BackupKeys;
import io.holdfast.repository.key.KeyCheck;
import io.holdfast.repository.key.RepositoryKeys;
import io.holdfast.repository.key.StoredKeys;
import io.holdfast.repository.retention.PlaceRetention;
import io.holdfast.repository.store.DeletableStore;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.StoredNames;
import io.holdfast.repository.sweep.Sweeper;
import io.holdfast.repository.wal.StoredWal;
import io.holdfast.repository.wal.WalVerdicts;
import io.holdfast.repository.window.StoredWindow;
import io.holdfast.repository.window.WalTimes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A store that holds a repository of a version this code knows. Closing it closes the store. Safe for use by several
 * threads.
 *
 * <pre>{@code
 * try (Repository repository = Repository.open(StoreAddress.parse("file:///srv/holdfast").connect(StoreAccess.NONE))) {
 *     TargetPlace orders = repository.at(new TargetName("orders"), Place.LOGICAL);
 * }
 * }</pre>
 */
public final class Repository implements AutoCloseable {
    private final ObjectStore store;
    private final RepositoryMarker marker;
    private final RepositoryKeys keys;

    private Repository(ObjectStore store, RepositoryMarker marker, RepositoryKeys keys) {
        this.store = store;
        this.marker = marker;
        this.keys = keys;
    }

    /** As {@link #open(ObjectStore, RepositoryKeys)}, without keys. */
    public static Repository open(ObjectStore store) throws RepositoryException {
        return open(store, RepositoryKeys.none());
    }

    /**
     * Opens the repository in a store.
     *
     * @param keys what is written is encrypted with them, and what is encrypted is read with them; what they lack is said
     *     where it is needed
     * @throws RepositoryException.Unusable if there is none, or it is of a newer format
     */
    public static Repository open(ObjectStore store, RepositoryKeys keys) throws RepositoryException {
        return new Repository(store, RepositoryMarker.read(store), keys);
    }

    /** As {@link #find(ObjectStore, RepositoryKeys)}, without keys. */
    public static Optional<Repository> find(ObjectStore store) throws RepositoryException {
        return find(store, RepositoryKeys.none());
    }

    /**
     * The repository in a store, if there is one. Nothing is written.
     *
     * @throws RepositoryException.Unusable if it is of a newer format
     */
    public static Optional<Repository> find(ObjectStore store, RepositoryKeys keys) throws RepositoryException {
        return store.head(RepositoryMarker.KEY).isEmpty() ? Optional.empty() : Optional.of(open(store, keys));
    }

    /** As {@link #openOrInitialise(ObjectStore, UUID, RepositoryKeys)}, without keys. */
    public static Repository openOrInitialise(ObjectStore store, UUID id) throws RepositoryException {
        return openOrInitialise(store, id, RepositoryKeys.none());
    }

    /**
     * Opens the repository in a store; makes one if there is none. Of several that try at once, one makes it and all get
     * it.
     *
     * @param id of the repository, if it is made
     * @throws RepositoryException.Unusable if one is to be made and the store does not keep what {@link ObjectStore}
     *     promises
     */
    public static Repository openOrInitialise(ObjectStore store, UUID id, RepositoryKeys keys)
            throws RepositoryException {
        if (store.head(RepositoryMarker.KEY).isEmpty()) {
            store.examine();
            store.putIfAbsent(RepositoryMarker.KEY, new RepositoryMarker(id).encode());
        }
        return open(store, keys);
    }

    /** Tells this repository from others. */
    public UUID id() {
        return marker.id();
    }

    /** Where the objects lie. */
    public ObjectStore store() {
        return store;
    }

    /**
     * Makes sure that the store still holds this repository: a disk that was unmounted leaves an empty folder, where what
     * is written looks stored.
     *
     * @throws RepositoryException.Unavailable if it holds none any more
     */
    public void requirePresent() throws RepositoryException {
        if (store.head(RepositoryMarker.KEY).isEmpty()) {
            throw new RepositoryException.Unavailable(
                    "There is no repository in " + store.describe() + " any more.",
                    "check that the right disk is mounted there.",
                    null);
        }
    }

    /** A place of a target. Nothing is read or written yet, and it may well be empty. */
    public TargetPlace at(TargetName target, Place place) {
        PlaceLayout layout = new PlaceLayout(target, place);
        return new StoredPlace(store, layout, marker.id(), keysOf(layout));
    }

    private StoredKeys keysOf(PlaceLayout layout) {
        return new StoredKeys(store, layout, marker.id(), keys);
    }

    /**
     * Which keys the backups of a place need, for whom they are wrapped, and which of them this opens: each is tried on
     * something that is sealed with it.
     */
    public List<BackupKeys> checkKeys(TargetName target, Place place) throws RepositoryException {
        PlaceLayout layout = new PlaceLayout(target, place);
        KeyCheck check = new KeyCheck(store, layout, StoredKeys.toCheck(store, layout, marker.id(), keys));
        List<BackupKeys> found = new ArrayList<>();
        for (BackupId backup : at(target, place).listManifests()) {
            check.of(backup).ifPresent(found::add);
        }
        return found;
    }

    /**
     * Wraps all keys of a place for the recipients of this, where they are not yet: after a recipient was added or has got
     * a new key. Needs something that opens the keys. Backups themselves are neither read nor written.
     */
    public StoredKeys.Rewrapped rewrapKeys(TargetName target, Place place) throws RepositoryException {
        return keysOf(new PlaceLayout(target, place)).rewrap();
    }

    /**
     * Removes what is wrapped for a recipient in a place, where the key stays open to somebody else: each is opened for
     * another recipient first. Whoever was given a backup's key before may have kept it.
     *
     * @param recipient its identifier, as in the names of wrapped keys
     * @param deletable this repository's store, with the right to delete
     */
    public StoredKeys.Removed removeRecipient(
            TargetName target, Place place, String recipient, DeletableStore deletable) throws RepositoryException {
        return keysOf(new PlaceLayout(target, place)).remove(recipient, deletable);
    }

    /**
     * What deletes in a place of a target.
     *
     * @param deletable this repository's store, with the right to delete
     * @param patience how long an attempt may be under way, from when a sweep first saw it, until it is given up; longer
     *     than the longest backup takes
     */
    public Sweeper sweeper(TargetName target, Place place, DeletableStore deletable, Duration patience, Clock clock) {
        PlaceLayout layout = new PlaceLayout(target, place);
        WalTimes times = WalTimes.of(store, layout, keysOf(layout));
        return new Sweeper(store, deletable, layout, keysOf(layout), times::superseded, patience, clock);
    }

    /** Which backups of a place stay, and what removes the others. */
    public PlaceRetention retention(TargetName target, Place place) {
        PlaceLayout layout = new PlaceLayout(target, place);
        return PlaceRetention.of(store, layout, keysOf(layout));
    }

    /** The reports of drills of a place of a target. */
    public DrillReports drillReports(TargetName target, Place place) {
        return new DrillReports(store, new PlaceLayout(target, place));
    }

    /** All targets that have something stored, in order. */
    public List<TargetName> targets() throws RepositoryException {
        return StoredNames.below(store, "").stream()
                .sorted()
                .map(TargetName::new)
                .toList();
    }

    /**
     * To which moments a cluster can be brought back. Keep it: what was read once is not read again.
     *
     * @throws IllegalStateException if the place is not that of a cluster
     */
    public StoredWindow window(TargetName target, Place place) {
        PlaceLayout layout = new PlaceLayout(target, place);
        return StoredWindow.of(store, layout, keysOf(layout));
    }

    /**
     * The log of a cluster, for reading and checking.
     *
     * @throws IllegalStateException if the place is not that of a cluster
     */
    public StoredWal storedWal(TargetName target, Place place) {
        PlaceLayout layout = new PlaceLayout(target, place);
        return StoredWal.of(store, layout, keysOf(layout));
    }

    /** What was found of objects of a cluster's log that are not as they were stored. */
    public WalVerdicts walVerdicts(TargetName target, Place place) {
        return new WalVerdicts(store, new PlaceLayout(target, place));
    }

    /** When the log of a cluster was where, by the server's clock. */
    public WalTimes walTimes(TargetName target, Place place) {
        PlaceLayout layout = new PlaceLayout(target, place);
        return WalTimes.of(store, layout, keysOf(layout));
    }

    /** All places of a target that have something stored, in order. */
    public List<Place> places(TargetName target) throws RepositoryException {
        return StoredNames.below(store, target + "/").stream()
                .sorted()
                .map(Place::new)
                .toList();
    }

    @Override
    public void close() throws RepositoryException {
        store.close();
    }
}

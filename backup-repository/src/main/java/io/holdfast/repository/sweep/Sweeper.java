package io.holdfast.repository.sweep;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.index.IndexReader;
import io.holdfast.repository.index.MapReference;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.BackupManifest.AttemptReference;
import io.holdfast.repository.manifest.KnownManifests;
import io.holdfast.repository.manifest.ManifestObject;
import io.holdfast.repository.manifest.Manifests;
import io.holdfast.repository.map.MapId;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.DeletableStore;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Deletes backups of one place, and removes what no backup needs. Needs no coordination with those who write, however
 * long they sleep: see docs/repository-format.md, "Deleting". Several may run at once, and one may end anywhere; the next
 * goes on. WAL and what is wrapped of its keys are left alone, and times but for those that were merged. Safe for use by
 * several threads.
 */
public final class Sweeper {
    /** A sighting that lies further ahead was made by a clock that was wrong. */
    private static final Duration AHEAD = Duration.ofHours(1);

    private final ObjectStore store;
    private final DeletableStore deletable;
    private final PlaceLayout layout;
    private final PlaceKeys keys;
    private final KnownManifests manifests;
    private final Superseded superseded;
    private final Duration patience;
    private final Clock clock;

    /** Finds small objects of which others say the same. */
    @FunctionalInterface
    public interface Superseded {
        /** Their keys. */
        List<ObjectKey> find() throws RepositoryException;
    }

    /**
     * A sweeper of one place.
     *
     * @param deletable the same store, with the right to delete
     * @param superseded what may go beside, whatever backups there are
     * @param patience how long an attempt may be under way, from when a sweep first saw it, until it is given up
     */
    public Sweeper(
            ObjectStore store,
            DeletableStore deletable,
            PlaceLayout layout,
            PlaceKeys keys,
            Superseded superseded,
            Duration patience,
            Clock clock) {
        this(
                store,
                deletable,
                layout,
                keys,
                new KnownManifests(new Manifests(store, layout, keys)),
                superseded,
                patience,
                clock);
    }

    /**
     * The same, for who has read manifests of the place already.
     *
     * @param manifests those of the place
     */
    public Sweeper(
            ObjectStore store,
            DeletableStore deletable,
            PlaceLayout layout,
            PlaceKeys keys,
            KnownManifests manifests,
            Superseded superseded,
            Duration patience,
            Clock clock) {
        this.store = store;
        this.deletable = deletable;
        this.layout = layout;
        this.keys = keys;
        this.manifests = manifests;
        this.superseded = superseded;
        this.patience = patience;
        this.clock = clock;
    }

    /**
     * Deletes a backup: from now on nobody lists it. Its objects are removed by sweeps, as soon as no other needs them.
     *
     * @throws RepositoryException.NotFound if there is no such backup
     * @throws RepositoryException.Conflict if it is held
     */
    public void delete(BackupId backup) throws RepositoryException {
        if (manifests.get(backup) instanceof ManifestObject.Aborted) {
            throw new RepositoryException.NotFound(
                    "The backup " + backup + " of " + layout.target() + " was never completed.",
                    "what is left of it goes with the next sweep.");
        }
        if (new Holds(store, layout).has(backup)) {
            throw new RepositoryException.Conflict(
                    "The backup " + backup + " of " + layout.target() + " is held.",
                    "release the hold first, if whoever wanted it agrees.");
        }
        new Tombstones(store, layout).put(backup);
    }

    /**
     * Brings a backup back whose objects are all there, though there is a tombstone: one that nobody who deletes has agreed
     * to.
     *
     * @return whether it is listed again; not if its manifest is gone, or the tombstone is locked
     */
    public boolean bringBack(BackupId backup) throws RepositoryException {
        if (store.head(layout.manifest(backup)).isEmpty()) {
            return false;
        }
        Removal removal = new Removal(store, deletable, clock.instant());
        removal.remove(layout.tombstone(backup));
        return removal.count() > 0;
    }

    /**
     * Whether nothing opens a backup any more: a run that was interrupted had removed its keys, and not yet its manifest. Only
     * who deletes can have done that.
     */
    public boolean isShut(BackupId backup) throws RepositoryException {
        if (manifests.get(backup) instanceof ManifestObject.Committed(BackupManifest manifest)) {
            for (KeyId key : manifest.dataKeys()) {
                if (!store.list(layout.wrappedKeys(key)).hasNext()) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Removes what nothing needs.
     *
     * @throws RepositoryException.Damaged if a manifest is damaged; nothing is removed then, for what it needs is unknown
     */
    public SweepReport sweep() throws RepositoryException {
        return sweep(backup -> true);
    }

    /**
     * The same, but a tombstone alone does not suffice: anybody who may write can have written one.
     *
     * @param isToGo whether a backup that has a tombstone is to go; else all of it stays
     */
    public SweepReport sweep(Predicate<BackupId> isToGo) throws RepositoryException {
        Contents contents = Contents.of(store, layout, manifests);
        List<BackupId> givenUp = giveUp(contents);
        // Looked once more at the last moment: another run may have brought it back, and somebody held it since.
        Tombstones tombstones = new Tombstones(store, layout);
        Holds holds = new Holds(store, layout);
        Set<BackupId> going = new HashSet<>();
        for (BackupId backup : contents.tombstones()) {
            if (contents.manifests().containsKey(backup)
                    && isToGo.test(backup)
                    && tombstones.has(backup)
                    && !holds.has(backup)) {
                going.add(backup);
            }
        }
        SweepPlan plan = SweepPlan.of(contents, going::contains);
        Removal removal = new Removal(store, deletable, clock.instant());
        removeKeys(contents, plan, removal);
        // A manifest goes before what it needs, so that nothing that is listed lacks anything.
        for (BackupId backup : plan.manifests()) {
            removal.remove(layout.manifest(backup));
        }
        for (AttemptReference attempt : plan.indexes()) {
            removal.remove(layout.index(attempt.backup(), attempt.attempt()));
        }
        for (AttemptReference attempt : plan.packs()) {
            removeAll(layout.packs(attempt.backup(), attempt.attempt()), removal);
        }
        Optional<String> mapsKept = removeMaps(contents, plan, removal);
        Intents intents = new Intents(store, layout);
        for (Intents.Intent intent : contents.intents()) {
            if (plan.ended().contains(intent.attempt())) {
                removal.remove(intents.key(intent));
            }
        }
        for (AttemptReference attempt : plan.ended()) {
            removal.remove(layout.sighting(attempt.backup(), attempt.attempt()));
        }
        for (ObjectKey object : superseded.find()) {
            removal.remove(object);
        }
        List<BackupId> waiting = plan.kept().stream()
                .map(BackupManifest::backup)
                .filter(contents.tombstones()::contains)
                .toList();
        return new SweepReport(
                plan.manifests(),
                waiting,
                givenUp,
                plan.underWay(),
                removal.count(),
                removal.denied(),
                removal.locked(),
                mapsKept);
    }

    /** Gives up what has been under way for too long. What is found to be complete instead is taken into account. */
    private List<BackupId> giveUp(Contents contents) throws RepositoryException {
        Instant now = clock.instant();
        Sightings sightings = new Sightings(store, layout);
        List<BackupId> givenUp = new ArrayList<>();
        Map<BackupId, ManifestObject> ended = contents.manifests();
        for (AttemptReference attempt : SweepPlan.of(contents, backup -> true).underWay()) {
            Instant seen = sightings.firstSeen(attempt, now);
            if (seen.isAfter(now.plus(AHEAD))) {
                // By a clock that was wrong, or it cannot be read. The next sweep sees it first.
                new Removal(store, deletable, now).remove(layout.sighting(attempt.backup(), attempt.attempt()));
                seen = now;
            }
            boolean tooLong = seen.plus(patience).isBefore(now);
            if (tooLong && !ended.containsKey(attempt.backup())) {
                giveUp(attempt)
                        .ifPresentOrElse(
                                found -> {
                                    ended.put(attempt.backup(), found);
                                    if (found instanceof ManifestObject.Aborted) {
                                        givenUp.add(attempt.backup());
                                    }
                                },
                                () -> contents.tombstones().add(attempt.backup()));
            }
        }
        return givenUp;
    }

    /** What lies under the manifest's key now; nothing if another sweep has just removed it. */
    private Optional<ManifestObject> giveUp(AttemptReference attempt) throws RepositoryException {
        String reason = "not ended " + patience + " after it was first seen";
        try {
            return Optional.of(manifests.putIfAbsent(
                    attempt.backup(), new ManifestObject.Aborted(attempt.backup(), attempt.attempt(), reason)));
        } catch (RepositoryException.NotFound e) {
            return Optional.empty();
        }
    }

    /**
     * Removes what is wrapped of keys that only deleted backups are sealed with. First of all: which those are is read in
     * the manifests, and whoever comes after an interruption has to find them there.
     */
    private void removeKeys(Contents contents, SweepPlan plan, Removal removal) throws RepositoryException {
        Set<KeyId> unneeded = new HashSet<>();
        for (BackupId backup : plan.manifests()) {
            if (contents.manifests().get(backup) instanceof ManifestObject.Committed(BackupManifest gone)) {
                unneeded.addAll(gone.dataKeys());
            }
        }
        plan.kept().forEach(kept -> kept.dataKeys().forEach(unneeded::remove));
        // Which keys an attempt has made no manifest says yet. What stays so is small, and of no use to anybody.
        if (unneeded.isEmpty() || !plan.underWay().isEmpty()) {
            return;
        }
        unneeded.removeAll(new KeysInUse(store, layout, keys)
                .among(unneeded, contents.manifests().keySet()));
        for (KeyId key : unneeded) {
            removeAll(layout.wrappedKeys(key), removal);
        }
    }

    private void removeAll(String prefix, Removal removal) throws RepositoryException {
        ObjectStore.Listing listing = store.list(prefix);
        while (listing.hasNext()) {
            removal.remove(listing.next().key());
        }
    }

    /**
     * Removes shared maps that no backup refers to.
     *
     * @return why none was, if so
     */
    private Optional<String> removeMaps(Contents contents, SweepPlan plan, Removal removal) throws RepositoryException {
        if (!plan.underWay().isEmpty()) {
            return Optional.of("attempts are under way, and which maps are theirs is not known");
        }
        Set<MapId> unneeded = new HashSet<>(contents.maps());
        for (BackupManifest kept : plan.kept()) {
            if (unneeded.isEmpty()) {
                return Optional.empty();
            }
            try (IndexReader index = IndexReader.open(store, kept.index(), keys)) {
                for (Optional<IndexEntry> entry = index.next(); entry.isPresent(); entry = index.next()) {
                    if (entry.get() instanceof IndexEntry.WithContent file) {
                        file.maps().forEach(map -> {
                            if (map instanceof MapReference.Shared(MapId id)) {
                                unneeded.remove(id);
                            }
                        });
                    }
                }
            } catch (RepositoryException.Damaged | RepositoryException.NotFound e) {
                return Optional.of("of backup " + kept.backup() + " it is not known which it needs: " + e.what());
            }
        }
        for (MapId map : unneeded) {
            removal.remove(layout.map(map));
        }
        return Optional.empty();
    }
}

package io.holdfast.repository.sweep;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.index.IndexReader;
import io.holdfast.repository.index.MapReference;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.BackupManifest.AttemptReference;
import io.holdfast.repository.manifest.ManifestObject;
import io.holdfast.repository.manifest.Manifests;
import io.holdfast.repository.map.MapId;
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

/**
 * Deletes backups of one place, and removes what no backup needs. Needs no coordination with those who write, however
 * long they sleep: see docs/repository-format.md, "Deleting". Several may run at once, and one may end anywhere; the next
 * goes on. WAL and wrapped keys are left alone, and times but for those that were merged. Safe for use by several threads.
 */
public final class Sweeper {
    private final ObjectStore store;
    private final DeletableStore deletable;
    private final PlaceLayout layout;
    private final PlaceKeys keys;
    private final Manifests manifests;
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
        this.store = store;
        this.deletable = deletable;
        this.layout = layout;
        this.keys = keys;
        this.manifests = new Manifests(store, layout, keys);
        this.superseded = superseded;
        this.patience = patience;
        this.clock = clock;
    }

    /**
     * Deletes a backup: from now on nobody lists it. Its objects are removed by sweeps, as soon as no other needs them.
     *
     * @throws RepositoryException.NotFound if there is no such backup
     */
    public void delete(BackupId backup) throws RepositoryException {
        if (manifests.get(backup) instanceof ManifestObject.Aborted) {
            throw new RepositoryException.NotFound(
                    "The backup " + backup + " of " + layout.target() + " was never completed.",
                    "what is left of it goes with the next sweep.");
        }
        new Tombstones(store, layout).put(backup);
    }

    /**
     * Removes what nothing needs.
     *
     * @throws RepositoryException.Damaged if a manifest is damaged; nothing is removed then, for what it needs is unknown
     */
    public SweepReport sweep() throws RepositoryException {
        Contents contents = Contents.of(store, layout, manifests);
        List<BackupId> givenUp = giveUp(contents);
        SweepPlan plan = SweepPlan.of(contents);
        Removal removal = new Removal(deletable);
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
                plan.manifests(), waiting, givenUp, plan.underWay(), removal.count(), removal.denied(), mapsKept);
    }

    /** Gives up what has been under way for too long. What is found to be complete instead is taken into account. */
    private List<BackupId> giveUp(Contents contents) throws RepositoryException {
        Instant now = clock.instant();
        Sightings sightings = new Sightings(store, layout);
        List<BackupId> givenUp = new ArrayList<>();
        Map<BackupId, ManifestObject> ended = contents.manifests();
        for (AttemptReference attempt : SweepPlan.of(contents).underWay()) {
            boolean tooLong = sightings.firstSeen(attempt, now).plus(patience).isBefore(now);
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

    /** Removes objects one by one, and notes which the store does not let go. */
    private static final class Removal {
        private final DeletableStore store;
        private final List<ObjectKey> denied = new ArrayList<>();
        private long count;

        Removal(DeletableStore store) {
            this.store = store;
        }

        void remove(ObjectKey key) throws RepositoryException {
            try {
                if (store.delete(key)) {
                    count++;
                }
            } catch (RepositoryException.Denied e) {
                denied.add(key);
            }
        }

        long count() {
            return count;
        }

        List<ObjectKey> denied() {
            return List.copyOf(denied);
        }
    }
}

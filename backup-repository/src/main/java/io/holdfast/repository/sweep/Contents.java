package io.holdfast.repository.sweep;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.manifest.BackupManifest.AttemptReference;
import io.holdfast.repository.manifest.KnownManifests;
import io.holdfast.repository.manifest.ManifestObject;
import io.holdfast.repository.map.MapId;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.StoredNames;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a place held when it was looked at, read in an order that decides everything: tombstones and stored objects, then
 * intents, then manifests. Whatever of an attempt was seen, its intent was there before and is seen too, unless the attempt
 * had ended, and then its manifest is.
 *
 * @param stored attempts that have packs, an index or a sighting
 * @param maps shared maps; about 100 bytes of memory for each, which stands for up to 256 MiB of a file
 * @param intents of attempts that may have ended since
 * @param held backups that are held
 * @param manifests by backup, given-up ones among them
 */
record Contents(
        Set<BackupId> tombstones,
        Set<AttemptReference> stored,
        Set<MapId> maps,
        List<Intents.Intent> intents,
        Set<BackupId> held,
        Map<BackupId, ManifestObject> manifests) {

    /**
     * Looks.
     *
     * @throws RepositoryException.Damaged if a manifest is: what it needs is not known, so nothing may be removed
     */
    static Contents of(ObjectStore store, PlaceLayout layout, KnownManifests manifests) throws RepositoryException {
        Set<BackupId> tombstones = new Tombstones(store, layout).list();
        Set<AttemptReference> stored = attempts(store, layout);
        Set<MapId> maps = maps(store, layout);
        List<Intents.Intent> intents = new Intents(store, layout).list();
        // Behind the tombstones: whoever holds a backup looks for its tombstone then.
        Set<BackupId> held = new Holds(store, layout).held();
        Map<BackupId, ManifestObject> found = new LinkedHashMap<>();
        for (BackupId backup : manifests.list()) {
            try {
                found.put(backup, manifests.get(backup));
            } catch (RepositoryException.NotFound e) {
                // Another sweep was faster; only manifests of deleted backups are ever removed.
                tombstones.add(backup);
            }
        }
        return new Contents(tombstones, stored, maps, intents, held, found);
    }

    private static Set<AttemptReference> attempts(ObjectStore store, PlaceLayout layout) throws RepositoryException {
        Set<AttemptReference> attempts = new HashSet<>();
        for (String backup : StoredNames.below(store, layout.packs())) {
            for (String attempt : StoredNames.below(store, layout.packs() + backup + "/")) {
                attempts.add(new AttemptReference(new BackupId(backup), new AttemptId(attempt)));
            }
        }
        attempts.addAll(named(store, layout.indexes()));
        attempts.addAll(named(store, layout.sightings()));
        return attempts;
    }

    /** Attempts of which there is one object each. */
    private static Set<AttemptReference> named(ObjectStore store, String prefix) throws RepositoryException {
        Set<AttemptReference> attempts = new HashSet<>();
        ObjectStore.Listing listing = store.list(prefix);
        while (listing.hasNext()) {
            String[] names =
                    listing.next().key().value().substring(prefix.length()).split("/", -1);
            if (names.length == 2 && ObjectKey.isName(names[0]) && ObjectKey.isName(names[1])) {
                attempts.add(new AttemptReference(new BackupId(names[0]), new AttemptId(names[1])));
            }
        }
        return attempts;
    }

    private static Set<MapId> maps(ObjectStore store, PlaceLayout layout) throws RepositoryException {
        Set<MapId> maps = new HashSet<>();
        ObjectStore.Listing listing = store.list(layout.maps());
        while (listing.hasNext()) {
            MapId.of(listing.next().key().lastSegment()).ifPresent(maps::add);
        }
        return maps;
    }
}

package io.holdfast.repository.write;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.BackupManifest.AttemptReference;
import io.holdfast.repository.manifest.BackupManifest.PackReference;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.PackName;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.StoredObject;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The packs that a backup may point into again: of the attempts that the parent's manifest names, those that lie in the
 * store, with their lengths. A pack that is gone or was cut short is not among them, so that its pages are stored anew.
 */
final class ParentPacks {
    private static final Pattern NUMBER = Pattern.compile("\\d{8}");

    private final Map<PackName, Long> lengths = new HashMap<>();

    private ParentPacks() {}

    static ParentPacks of(ObjectStore store, PlaceLayout layout, BackupManifest parent) throws RepositoryException {
        ParentPacks packs = new ParentPacks();
        for (AttemptReference earlier : parent.refersTo()) {
            packs.add(store, layout, earlier.backup(), earlier.attempt());
        }
        packs.add(store, layout, parent.backup(), parent.attempt());
        packs.keep(parent);
        return packs;
    }

    private void add(ObjectStore store, PlaceLayout layout, BackupId backup, AttemptId attempt)
            throws RepositoryException {
        String prefix = layout.packs(backup, attempt);
        ObjectStore.Listing listing = store.list(prefix);
        while (listing.hasNext()) {
            StoredObject object = listing.next();
            String number = object.key().value().substring(prefix.length());
            if (NUMBER.matcher(number).matches()) {
                lengths.put(new PackName(backup, attempt, Integer.parseInt(number)), object.length());
            }
        }
    }

    /** Of the parent's own packs its manifest says the lengths. */
    private void keep(BackupManifest parent) {
        Map<Integer, Long> stated = new HashMap<>();
        for (PackReference pack : parent.packs()) {
            stated.put(pack.number(), pack.length());
        }
        lengths.entrySet()
                .removeIf(pack -> pack.getKey().backup().equals(parent.backup())
                        && pack.getKey().attempt().equals(parent.attempt())
                        && !pack.getValue().equals(stated.get(pack.getKey().number())));
    }

    /** Whether a frame lies where it is said to. */
    boolean have(FrameReference frame) {
        Long length = lengths.get(frame.pack());
        return length != null && frame.offset() + frame.storedLength() <= length;
    }
}

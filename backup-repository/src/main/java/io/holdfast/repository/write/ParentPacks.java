package io.holdfast.repository.write;

import io.holdfast.repository.AttemptId;
import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.BackupManifest.AttemptReference;
import io.holdfast.repository.manifest.BackupManifest.PackReference;
import io.holdfast.repository.map.FrameReference;
import io.holdfast.repository.map.PackName;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.store.StoredObject;
import java.io.IOException;
import java.io.InputStream;
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

    private final ObjectStore store;
    private final PlaceLayout layout;

    private ParentPacks(ObjectStore store, PlaceLayout layout) {
        this.store = store;
        this.layout = layout;
    }

    static ParentPacks of(ObjectStore store, PlaceLayout layout, BackupManifest parent) throws RepositoryException {
        ParentPacks packs = new ParentPacks(store, layout);
        for (AttemptReference earlier : parent.refersTo()) {
            packs.add(earlier.backup(), earlier.attempt());
        }
        packs.add(parent.backup(), parent.attempt());
        packs.keep(parent);
        return packs;
    }

    private void add(BackupId backup, AttemptId attempt) throws RepositoryException {
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

    /** The data key that the packs of an attempt are sealed with; they say it themselves. */
    KeyId dataKey(AttemptReference attempt) throws RepositoryException {
        ObjectKey pack = lengths.keySet().stream()
                .filter(name ->
                        name.backup().equals(attempt.backup()) && name.attempt().equals(attempt.attempt()))
                .findFirst()
                .map(layout::pack)
                .orElseThrow(() -> new IllegalStateException("No pack of " + attempt + " is there to be used"));
        try (InputStream in = store.open(pack, 0, ObjectHeader.LENGTH)) {
            return KeyId.of(
                    ObjectHeader.read(ObjectHeader.Type.PACK, in.readAllBytes()).key());
        } catch (MalformedException | IllegalArgumentException e) {
            throw new RepositoryException.Damaged(
                    "The header of the pack " + pack + " is damaged: " + e.getMessage() + ".",
                    "make a full backup.",
                    e);
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + pack);
        }
    }

    /** Whether a frame lies where it is said to. */
    boolean have(FrameReference frame) {
        Long length = lengths.get(frame.pack());
        return length != null && frame.offset() + frame.storedLength() <= length;
    }
}

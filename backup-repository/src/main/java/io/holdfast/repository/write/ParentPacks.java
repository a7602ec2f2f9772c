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
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The packs that a backup may point into again: of the attempts that the parent's manifest names, those that lie in the
 * store, with their lengths. A pack that is gone or was cut short is not among them, so that its pages are stored anew. So
 * are those of sparse attempts: when all packs together hold more than twice what the parent uses of them, the attempts of
 * which less than half is used. Their packs can then be deleted with the backups that still use them.
 */
final class ParentPacks {
    private static final Pattern NUMBER = Pattern.compile("\\d{8}");

    private final Map<PackName, Long> lengths = new HashMap<>();
    private final Set<AttemptReference> sparse = new HashSet<>();

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
        packs.findSparse(parent);
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

    /** Earlier writers did not count what they use: all of it, then. */
    private void findSparse(BackupManifest parent) {
        Map<AttemptReference, Long> stored = new HashMap<>();
        lengths.forEach((pack, length) -> stored.merge(attemptOf(pack), length, Long::sum));
        Map<AttemptReference, Long> used = new HashMap<>(stored);
        for (int i = 0; i < parent.usedBytes().size(); i++) {
            used.replace(parent.refersTo().get(i), parent.usedBytes().get(i));
        }
        if (isSparse(sum(used), sum(stored))) {
            stored.forEach((attempt, length) -> {
                if (isSparse(used.getOrDefault(attempt, length), length)) {
                    sparse.add(attempt);
                }
            });
        }
    }

    private static boolean isSparse(long used, long stored) {
        return stored / 2 > used;
    }

    private static long sum(Map<AttemptReference, Long> bytes) {
        return bytes.values().stream().mapToLong(Long::longValue).sum();
    }

    private static AttemptReference attemptOf(PackName pack) {
        return new AttemptReference(pack.backup(), pack.attempt());
    }

    /** How many attempts' packs are not used any more, because most of what they hold is not. */
    int sparse() {
        return sparse.size();
    }

    /** The data key that the packs of an attempt are sealed with; they say it themselves. */
    KeyId dataKey(AttemptReference attempt) throws RepositoryException {
        ObjectKey pack = lengths.keySet().stream()
                .filter(name -> attemptOf(name).equals(attempt))
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

    /** Whether a frame does not lie where it is said to. */
    boolean isLost(FrameReference frame) {
        Long length = lengths.get(frame.pack());
        return length == null || frame.offset() + frame.storedLength() > length;
    }

    /** Whether a frame may be used again. */
    boolean offer(FrameReference frame) {
        return !isLost(frame) && !sparse.contains(attemptOf(frame.pack()));
    }
}

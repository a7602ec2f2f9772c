package io.holdfast.repository.key;

import io.holdfast.repository.BackupId;
import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.content.DamageKind;
import io.holdfast.repository.content.FrameWindow;
import io.holdfast.repository.content.MapSource;
import io.holdfast.repository.content.PackOpenings;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.index.IndexReader;
import io.holdfast.repository.key.BackupKeys.Needed;
import io.holdfast.repository.key.BackupKeys.Use;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.ManifestObject;
import io.holdfast.repository.manifest.Manifests;
import io.holdfast.repository.map.FileMap;
import io.holdfast.repository.map.PageHasher;
import io.holdfast.repository.map.Run;
import io.holdfast.repository.pack.FrameChecker;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.wal.StoredWal;
import io.holdfast.repository.wal.WalSegmentName;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which keys the backups of a place need, and which of them are really at hand: a key counts as that once one frame, or the
 * beginning of one WAL object, was opened with it. Reads little of each backup. For one thread.
 */
public final class KeyCheck {
    private final ObjectStore store;
    private final PlaceLayout layout;
    private final StoredKeys keys;

    /** A check of a place. */
    public KeyCheck(ObjectStore store, PlaceLayout layout, StoredKeys keys) {
        this.store = store;
        this.layout = layout;
        this.keys = keys;
    }

    /**
     * One backup; empty if it was given up.
     *
     * @throws RepositoryException only if the store does not answer: damage is in the answer, and so is a key service that
     *     does not open a key, if {@code keys} are {@link StoredKeys#toCheck}
     */
    public Optional<BackupKeys> of(BackupId backup) throws RepositoryException {
        Manifests manifests = new Manifests(store, layout, keys);
        Optional<KeyId> indexKey = Optional.empty();
        List<Needed> needed = new ArrayList<>();
        try {
            indexKey = manifests.sealedWith(backup);
            ManifestObject manifest = manifests.get(backup);
            if (indexKey.isPresent()) {
                needed.add(new Needed(indexKey.get(), Use.INDEX, List.of(), true, ""));
            }
            if (!(manifest instanceof ManifestObject.Committed(BackupManifest committed))) {
                return Optional.empty();
            }
            needed.addAll(packKeys(committed));
            needed.addAll(walKeys(committed));
        } catch (RepositoryException.Denied | RepositoryException.Damaged e) {
            if (indexKey.isEmpty() || !needed.isEmpty()) {
                return Optional.of(new BackupKeys(backup, described(needed), e.what()));
            }
            needed.add(new Needed(indexKey.get(), Use.INDEX, List.of(), false, e.what()));
        }
        return Optional.of(new BackupKeys(backup, described(needed), ""));
    }

    private List<Needed> described(List<Needed> needed) throws RepositoryException {
        List<Needed> described = new ArrayList<>();
        for (Needed each : needed) {
            described.add(new Needed(each.key(), each.use(), keys.recipients(each.key()), each.opens(), each.detail()));
        }
        return described;
    }

    private List<Needed> packKeys(BackupManifest manifest) throws RepositoryException {
        Map<KeyId, String> wrong = new LinkedHashMap<>();
        manifest.dataKeys().stream()
                // Its own comes first, and seals nothing where nothing was stored.
                .skip(manifest.packs().isEmpty() ? 1 : 0)
                .forEach(key -> wrong.put(key, "nothing was found that is sealed with it"));
        Map<KeyId, Run.Stored> samples = manifest.isSealed() ? samples(manifest, wrong.size()) : Map.of();
        for (Map.Entry<KeyId, Run.Stored> sample : samples.entrySet()) {
            wrong.put(sample.getKey(), open(manifest, sample.getValue()));
        }
        return wrong.entrySet().stream()
                .map(key -> new Needed(
                        key.getKey(), Use.PACKS, List.of(), key.getValue().isEmpty(), key.getValue()))
                .toList();
    }

    /** A frame for each data key; goes through the index until there is one for all. */
    private Map<KeyId, Run.Stored> samples(BackupManifest manifest, int wanted) throws RepositoryException {
        Map<KeyId, Run.Stored> samples = new LinkedHashMap<>();
        Map<String, KeyId> seen = new LinkedHashMap<>();
        MapSource maps = new MapSource(store, layout, keys);
        IndexReader.check(store, manifest.index());
        try (IndexReader index = IndexReader.open(store, manifest.index(), keys)) {
            for (Optional<IndexEntry> entry = index.next(); entry.isPresent(); entry = index.next()) {
                if (entry.get() instanceof IndexEntry.WithContent file) {
                    long position = 0;
                    for (var reference : file.maps()) {
                        long length = Math.min(file.length() - position, FileMap.BYTES_PER_PART);
                        position += length;
                        if (maps.get(reference, length) instanceof MapSource.Found.Good good) {
                            take(good.map(), seen, samples);
                        }
                    }
                }
                if (samples.size() == wanted) {
                    break;
                }
            }
        }
        return samples;
    }

    private void take(FileMap map, Map<String, KeyId> seen, Map<KeyId, Run.Stored> samples) throws RepositoryException {
        for (Run run : map.runs()) {
            if (run instanceof Run.Stored stored) {
                String attempt = layout.packs(stored.frame().pack());
                KeyId key = seen.get(attempt);
                if (key == null) {
                    Optional<KeyId> found = key(stored);
                    found.ifPresent(each -> seen.put(attempt, each));
                    key = found.orElse(null);
                }
                if (key != null) {
                    samples.putIfAbsent(key, stored);
                }
            }
        }
    }

    private Optional<KeyId> key(Run.Stored run) throws RepositoryException {
        var pack = layout.pack(run.frame().pack());
        try (InputStream in = store.open(pack, 0, ObjectHeader.LENGTH)) {
            ObjectHeader header = ObjectHeader.read(ObjectHeader.Type.PACK, in.readAllBytes());
            return header.isSealed() ? Optional.of(KeyId.of(header.key())) : Optional.empty();
        } catch (RepositoryException.NotFound | MalformedException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + pack);
        }
    }

    /** Why the frame does not open; empty if it does. */
    private String open(BackupManifest manifest, Run.Stored run) throws RepositoryException {
        PackOpenings openings = new PackOpenings(store, layout, keys, manifest);
        PageHasher hasher = PageHasher.seeded(Long.parseUnsignedLong(manifest.pageHashSeed(), 16));
        try (FrameChecker checker = new FrameChecker(hasher)) {
            return switch (openings.get(run.frame().pack())) {
                case PackOpenings.Found.Bad(DamageKind kind, String detail) -> detail;
                case PackOpenings.Found.Good(var opening) ->
                    switch (new FrameWindow(store, layout).get(List.of(run), 0, run.frame())) {
                        case FrameWindow.Found.Bad(DamageKind kind, String detail) -> detail;
                        case FrameWindow.Found.Good(byte[] stored, int from) ->
                            switch (checker.check(run, opening, stored, from)) {
                                case FrameChecker.Result.Good good -> "";
                                case FrameChecker.Result.WrongDigest(String detail) -> detail;
                                case FrameChecker.Result.Unreadable(String detail) -> detail;
                            };
                    };
            };
        } catch (RepositoryException.Denied | RepositoryException.Damaged e) {
            return e.what();
        }
    }

    private List<Needed> walKeys(BackupManifest manifest) throws RepositoryException {
        if (!manifest.isSealed() || !(manifest.details().content() instanceof BackupContent.Physical physical)) {
            return List.of();
        }
        StoredWal stored = StoredWal.of(store, layout, keys).sealedOnly();
        Map<KeyId, String> wrong = new LinkedHashMap<>();
        for (WalSegmentName segment : physical.wal().segments()) {
            stored.beginnings(
                    segment, (key, detail) -> wrong.merge(key, detail, (one, other) -> one.isEmpty() ? other : one));
        }
        if (physical.wal().timeline() != 1) {
            stored.historyBeginning(
                    physical.wal().timeline(),
                    (key, detail) -> wrong.merge(key, detail, (one, other) -> one.isEmpty() ? other : one));
        }
        return wrong.entrySet().stream()
                .map(key -> new Needed(
                        key.getKey(), Use.WAL, List.of(), key.getValue().isEmpty(), key.getValue()))
                .toList();
    }
}

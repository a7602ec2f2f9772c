package io.holdfast.repository.verify;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.content.BoundedWork;
import io.holdfast.repository.content.Damage;
import io.holdfast.repository.content.DamageKind;
import io.holdfast.repository.content.Damages;
import io.holdfast.repository.content.ReadAhead;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.index.FilePath;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.BackupManifest.AttemptReference;
import io.holdfast.repository.manifest.BackupManifest.PackReference;
import io.holdfast.repository.manifest.ManifestObject;
import io.holdfast.repository.manifest.Manifests;
import io.holdfast.repository.map.PackName;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The headers of earlier attempts' packs that a sealed backup uses. Nothing in them opens without its header, and digests in
 * maps do not cover that. All packs of an attempt have the same header (docs/repository-format.md, section 10), so they vouch
 * for each other; one that is alone is held as a whole against the manifest of its backup, where that is still there. Packs
 * are noted by several threads, then looked at once.
 */
final class EarlierHeaders {
    private final ObjectStore store;
    private final PlaceLayout layout;
    private final PlaceKeys keys;
    private final BackupManifest manifest;
    private final Damages damages;
    private final ReadAhead ahead;
    private final Map<PackName, Set<FilePath>> used = new ConcurrentHashMap<>();

    EarlierHeaders(
            ObjectStore store,
            PlaceLayout layout,
            PlaceKeys keys,
            BackupManifest manifest,
            Damages damages,
            ReadAhead ahead) {
        this.store = store;
        this.layout = layout;
        this.keys = keys;
        this.manifest = manifest;
        this.damages = damages;
        this.ahead = ahead;
    }

    /** Notes that a file needs a frame of a pack; own packs are looked at elsewhere. */
    void use(PackName pack, FilePath file) {
        boolean own = pack.backup().equals(manifest.backup()) && pack.attempt().equals(manifest.attempt());
        if (manifest.isSealed() && !own) {
            Set<FilePath> files = used.computeIfAbsent(pack, each -> ConcurrentHashMap.newKeySet());
            if (files.size() < Damage.MOST_FILES) {
                files.add(file);
            }
        }
    }

    /** Reads the headers of what was noted. */
    void check(BoundedWork<RepositoryException> work) throws RepositoryException {
        Map<PackName, String> headers = new ConcurrentHashMap<>();
        for (PackName pack : used.keySet()) {
            work.submit(() -> read(pack).ifPresent(header -> headers.put(pack, header)));
        }
        work.finish();
        Map<AttemptReference, Map<String, List<PackName>>> attempts = new HashMap<>();
        headers.forEach((pack, header) -> attempts.computeIfAbsent(
                        new AttemptReference(pack.backup(), pack.attempt()), each -> new HashMap<>())
                .computeIfAbsent(header, each -> new ArrayList<>())
                .add(pack));
        for (Map.Entry<AttemptReference, Map<String, List<PackName>>> attempt : attempts.entrySet()) {
            compare(attempt.getKey(), attempt.getValue());
        }
    }

    /** The header in hexadecimal digits; empty if it was said what is wrong with it, or that there is no pack. */
    private Optional<String> read(PackName pack) throws RepositoryException {
        ObjectKey name = layout.pack(pack);
        try (InputStream in = store.open(name, 0, ObjectHeader.LENGTH)) {
            ObjectHeader header = ObjectHeader.read(ObjectHeader.Type.PACK, in.readAllBytes());
            if (!header.isSealed() || !manifest.dataKeys().contains(KeyId.of(header.key()))) {
                throw new MalformedException("it does not name a key that the manifest lists");
            }
            return Optional.of(HexFormat.of().formatHex(header.bytes()));
        } catch (MalformedException e) {
            add(pack, DamageKind.UNREADABLE, "the pack's header: " + e.getMessage());
        } catch (RepositoryException.Damaged e) {
            add(pack, DamageKind.UNREADABLE, e.what());
        } catch (RepositoryException.NotFound e) {
            return Optional.empty(); // its frames were missed
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + name);
        }
        return Optional.empty();
    }

    private void compare(AttemptReference attempt, Map<String, List<PackName>> byHeader) throws RepositoryException {
        List<List<PackName>> groups = byHeader.values().stream()
                .sorted(Comparator.comparingInt((List<PackName> group) -> group.size())
                        .reversed())
                .toList();
        boolean mostAgree = groups.getFirst().size() > 1
                && (groups.size() == 1
                        || groups.getFirst().size() > groups.get(1).size());
        Optional<BackupManifest> written = mostAgree ? Optional.empty() : manifest(attempt);
        for (List<PackName> group : mostAgree ? groups.subList(1, groups.size()) : groups) {
            for (PackName pack : group) {
                if (written.isPresent()) {
                    holdAgainst(written.get(), pack);
                } else if (groups.size() > 1) {
                    add(
                            pack,
                            DamageKind.WRONG_DIGEST,
                            "the pack's header is not the same as that of other packs of its attempt");
                }
            }
        }
    }

    private Optional<BackupManifest> manifest(AttemptReference attempt) throws RepositoryException {
        try {
            return new Manifests(store, layout, keys).get(attempt.backup())
                                    instanceof ManifestObject.Committed(BackupManifest written)
                            && written.attempt().equals(attempt.attempt())
                    ? Optional.of(written)
                    : Optional.empty();
        } catch (RepositoryException.NotFound | RepositoryException.Denied | RepositoryException.Damaged e) {
            // A backup does not need the manifests of those before it.
            return Optional.empty();
        }
    }

    private void holdAgainst(BackupManifest written, PackName pack) throws RepositoryException {
        ObjectKey name = layout.pack(pack);
        for (PackReference reference : written.packs()) {
            if (reference.number() == pack.number()) {
                try (PackScan scan = new PackScan(
                        store, name, reference, written.dataKeys().stream().findFirst(), ahead)) {
                    Optional<Damage> wrong = scan.finish();
                    // What a frame says is more exact.
                    if (wrong.isPresent() && !damages.hasAny(name)) {
                        add(pack, wrong.get().kind(), wrong.get().detail() + ", so its header may be another one");
                    }
                }
            }
        }
    }

    private void add(PackName pack, DamageKind kind, String detail) {
        damages.add(new Damage(
                layout.pack(pack), List.copyOf(used.getOrDefault(pack, Set.of())), Optional.empty(), kind, detail));
    }
}

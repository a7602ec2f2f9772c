package io.holdfast.repository.verify;

import io.holdfast.repository.PlaceLayout;
import io.holdfast.repository.RepositoryException;
import io.holdfast.repository.content.BoundedWork;
import io.holdfast.repository.content.Damage;
import io.holdfast.repository.content.DamageKind;
import io.holdfast.repository.content.Damages;
import io.holdfast.repository.content.FrameCheckers;
import io.holdfast.repository.content.MapSource;
import io.holdfast.repository.content.PackOpenings;
import io.holdfast.repository.content.ReadAhead;
import io.holdfast.repository.content.ReadProgress;
import io.holdfast.repository.encoding.MalformedException;
import io.holdfast.repository.encoding.ObjectHeader;
import io.holdfast.repository.index.IndexEntry;
import io.holdfast.repository.index.IndexReader;
import io.holdfast.repository.manifest.BackupContent;
import io.holdfast.repository.manifest.BackupManifest;
import io.holdfast.repository.manifest.BackupManifest.PackReference;
import io.holdfast.repository.manifest.ManifestObject;
import io.holdfast.repository.manifest.Manifests;
import io.holdfast.repository.manifest.WalNeeded;
import io.holdfast.repository.map.PageHasher;
import io.holdfast.repository.seal.KeyId;
import io.holdfast.repository.seal.PlaceKeys;
import io.holdfast.repository.store.ObjectKey;
import io.holdfast.repository.store.ObjectStore;
import io.holdfast.repository.wal.StoredWal;
import io.holdfast.repository.wal.WalSegmentName;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One verification of a backup: manifest and index, then what the files consist of, as deep as asked for, then WAL and keys.
 * Used once.
 */
public final class Verification {
    private final ObjectStore store;
    private final PlaceLayout layout;
    private final PlaceKeys keys;
    private final BackupManifest manifest;
    private final MapSource maps;
    private final PackOpenings openings;
    private final FrameCheckers checkers;
    private final ReadAhead ahead;
    private final EarlierHeaders headers;
    private final VerifyOptions options;
    private final ReadProgress progress;
    private final Damages damages = new Damages();
    private final Set<KeyId> keysUsed = new LinkedHashSet<>();
    private final AtomicLong bytesDone = new AtomicLong();
    private final AtomicLong bytesShown = new AtomicLong();
    private long bytesClosed;
    private long filesDone;
    private long storedBytes;

    public Verification(
            ObjectStore store,
            PlaceLayout layout,
            PlaceKeys keys,
            BackupManifest manifest,
            MapSource maps,
            PackOpenings openings,
            PageHasher hasher,
            VerifyOptions options,
            ReadProgress progress) {
        this.store = store;
        this.layout = layout;
        this.keys = keys;
        this.manifest = manifest;
        this.maps = maps;
        this.openings = openings;
        this.checkers = new FrameCheckers(hasher);
        this.ahead = new ReadAhead(options.threads());
        this.headers = new EarlierHeaders(store, layout, keys, manifest, damages, ahead);
        this.options = options;
        this.progress = progress;
    }

    public VerificationReport run() throws RepositoryException {
        verifyManifest();
        boolean indexIsGood = verifyIndex();
        List<Damage> wholePacks;
        try (checkers;
                ahead;
                BoundedWork<RepositoryException> work = new BoundedWork<>("holdfast-verify-", options.threads())) {
            wholePacks = switch (options.depth()) {
                case BYTES -> storedBytes(indexIsGood, work);
                case CONTENT -> content(indexIsGood, work);
            };
        }
        // A pack with a broken frame has a wrong digest as well: say the one that names the page.
        wholePacks.stream()
                .filter(pack -> !damages.hasAny(pack.object()))
                .toList()
                .forEach(damages::add);
        List<WalSegmentName> missingWal = verifyWal();
        verifyKeys();
        return new VerificationReport(filesDone, bytesDone.get(), storedBytes, missingWal, damages.all(), bytesClosed);
    }

    private List<Damage> storedBytes(boolean indexIsGood, BoundedWork<RepositoryException> work)
            throws RepositoryException {
        StoredBytesPass pass =
                new StoredBytesPass(store, layout, manifest, maps, checkers, headers, damages, work, ahead);
        AtomicLong packBytes = new AtomicLong();
        pass.packs(read -> show(plainBytesIn(packBytes.addAndGet(read))));
        if (indexIsGood) {
            forEachFile((file, entry) -> pass.file(file, bytesDone::addAndGet));
        }
        work.finish();
        headers.check(work);
        storedBytes += pass.storedBytes();
        bytesClosed = bytesDone.get();
        return pass.brokenPacks();
    }

    private List<Damage> content(boolean indexIsGood, BoundedWork<RepositoryException> work)
            throws RepositoryException {
        try (OwnPacks packs = new OwnPacks(store, layout, manifest, ahead)) {
            ContentPass pass = new ContentPass(
                    store, layout, maps, openings, openings.areAllHere(), packs, checkers, headers, damages, work);
            if (indexIsGood) {
                forEachFile((file, entry) -> {
                    pass.file(file, new FileSum(options.sums(), entry));
                    bytesDone.set(pass.bytesDone());
                });
            }
            List<Damage> whole = packs.finish();
            work.finish();
            headers.check(work);
            storedBytes += packs.bytesRead() + pass.storedBytes();
            bytesDone.set(pass.bytesDone());
            bytesClosed = pass.bytesClosed();
            return whole;
        }
    }

    /** Takes a file and which entry of the index it is, from 0. */
    @FunctionalInterface
    private interface FileVisitor {
        void visit(IndexEntry.WithContent file, long entry) throws RepositoryException;
    }

    private void forEachFile(FileVisitor visitor) throws RepositoryException {
        try (IndexReader index = IndexReader.open(store, manifest.index(), keys)) {
            long number = 0;
            for (Optional<IndexEntry> entry = index.next(); entry.isPresent(); entry = index.next()) {
                if (entry.get() instanceof IndexEntry.WithContent file) {
                    visitor.visit(file, number);
                    filesDone++;
                    show(bytesDone.get());
                }
                number++;
            }
        } catch (RepositoryException.Damaged e) {
            damages.add(whole(manifest.index().key(), DamageKind.UNREADABLE, e.what()));
        }
    }

    private void show(long bytes) {
        progress.at(filesDone, bytesShown.accumulateAndGet(bytes, Math::max));
    }

    /** About how much of the files lies in so many bytes of own packs; of an incremental most lies elsewhere. */
    private long plainBytesIn(long packBytes) {
        long all = manifest.packs().stream().mapToLong(PackReference::length).sum();
        return manifest.refersTo().isEmpty()
                ? (long) ((double) packBytes / all * manifest.sizes().bytes())
                : 0;
    }

    private void verifyManifest() throws RepositoryException {
        ObjectKey key = layout.manifest(manifest.backup());
        try {
            ManifestObject found = new Manifests(store, layout, keys).get(manifest.backup());
            if (!found.equals(new ManifestObject.Committed(manifest))) {
                damages.add(whole(key, DamageKind.WRONG_DIGEST, "the manifest is another one than was asked for"));
            }
        } catch (RepositoryException.Damaged e) {
            damages.add(whole(key, DamageKind.UNREADABLE, e.what()));
        } catch (RepositoryException.NotFound e) {
            damages.add(whole(key, DamageKind.MISSING, "the manifest is missing"));
        }
    }

    /** Whether the index can be gone through. */
    private boolean verifyIndex() throws RepositoryException {
        ObjectKey key = manifest.index().key();
        try {
            IndexReader.check(store, manifest.index());
            storedBytes += manifest.index().length();
            return true;
        } catch (RepositoryException.Damaged e) {
            damages.add(whole(key, DamageKind.WRONG_DIGEST, e.what()));
        } catch (RepositoryException.NotFound e) {
            damages.add(whole(key, DamageKind.MISSING, "the index is missing"));
        }
        return false;
    }

    private List<WalSegmentName> verifyWal() throws RepositoryException {
        if (!(manifest.details().content() instanceof BackupContent.Physical physical)) {
            return List.of();
        }
        WalNeeded needed = physical.wal();
        StoredWal all = StoredWal.of(store, layout, keys);
        StoredWal allowed = manifest.isSealed() ? all.sealedOnly() : all;
        StoredWal wal = options.depth() == VerificationDepth.BYTES ? allowed.asStored() : allowed;
        verifyHistory(wal, needed.timeline());
        List<WalSegmentName> missing =
                wal.covers(needed.timeline(), needed.startLsn(), needed.stopLsn(), needed.segmentSize());
        WalPass pass = new WalPass(wal, needed.stopLsn(), keysUsed::add);
        if (options.wal().isPresent() && options.depth() == VerificationDepth.CONTENT) {
            pass.run(options.wal().get());
        }
        for (WalSegmentName segment : needed.segments()) {
            if (pass.isWhole(segment)) {
                continue;
            }
            for (StoredWal.Problem problem : wal.check(segment, keysUsed::add)) {
                damages.add(whole(problem.object(), DamageKind.UNREADABLE, problem.detail()));
            }
        }
        return missing;
    }

    /** Recovery on a timeline needs its history; the first has none. */
    private void verifyHistory(StoredWal wal, int timeline) throws RepositoryException {
        if (timeline == 1) {
            return;
        }
        ObjectKey key = layout.timelineHistory(timeline);
        if (store.head(key).isEmpty()) {
            damages.add(whole(key, DamageKind.MISSING, "the timeline's history file is missing"));
            return;
        }
        for (StoredWal.Problem problem : wal.checkHistory(timeline, keysUsed::add)) {
            damages.add(whole(problem.object(), DamageKind.UNREADABLE, problem.detail()));
        }
    }

    /** Without a wrapped key that can be opened, nothing can. */
    private void verifyKeys() throws RepositoryException {
        if (!manifest.isSealed()) {
            return;
        }
        keysUsed.addAll(manifest.dataKeys());
        indexKey().ifPresent(keysUsed::add);
        for (KeyId key : keysUsed) {
            for (PlaceKeys.WrapProblem problem : keys.checkWraps(key)) {
                DamageKind kind = problem.missing() ? DamageKind.MISSING : DamageKind.WRONG_DIGEST;
                damages.add(whole(problem.object(), kind, problem.detail()));
            }
        }
    }

    /** That of the index; if it cannot be read, that was said already. */
    private Optional<KeyId> indexKey() throws RepositoryException {
        ObjectKey index = manifest.index().key();
        try (InputStream in = store.open(index, 0, ObjectHeader.LENGTH)) {
            return Optional.of(KeyId.of(ObjectHeader.read(ObjectHeader.Type.INDEX, in.readAllBytes())
                    .key()));
        } catch (RepositoryException.NotFound | MalformedException | IllegalArgumentException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw RepositoryException.from(e, "Reading " + index);
        }
    }

    private static Damage whole(ObjectKey key, DamageKind kind, String detail) {
        return new Damage(key, List.of(), Optional.empty(), kind, detail);
    }
}
